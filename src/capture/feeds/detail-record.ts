/** One leg of a call as a telephone system's detail record tells it. What a feed cannot tell is left out. */
export interface DetailRecord {
  /** The telephone system's own id of the whole call: legs that share it are one contact (R9). */
  readonly callId: string
  /** Of this leg within the call; the same leg told twice is one segment. */
  readonly legId: string
  /** Ids that SIPREC metadata tell as well, each with its kind in front (joiningKeys), the best first. */
  readonly sharedIds: readonly string[]
  readonly startedAt?: Temporal.Instant | undefined
  /** When an official answered, not a queue or an announcement (R16). */
  readonly answeredAt?: Temporal.Instant | undefined
  readonly endedAt?: Temporal.Instant | undefined
  /** As written; undefined where it is withheld. */
  readonly caller?: string | undefined
  readonly called?: string | undefined
  /** The service number through which the official was reached, where it is another than the one called. */
  readonly reached?: string | undefined
  readonly official?: string | undefined
  readonly direction?: Direction | undefined
  /** To a bridge, where everybody hears everybody: also who calls it is heard by the caller. */
  readonly isConference?: true
  /** The number called may be the one that the call was passed on to last; of a queue, its name. */
  readonly mayBePassedOn?: { readonly queue: string } | undefined
  /** With whom the call was, for another that it is passed on to; and in that one by whom. */
  readonly passesOn?: string | undefined
  readonly passedOnBy?: string | undefined
  /** Of whoever began it, by whichever name the caller is told. */
  readonly device?: string | undefined
  /** Of another call, which was connected with this one: what an official began counts, and nothing else. */
  readonly isOther?: true
  /** What begins anew after this leg has begun is another leg, though its id is the same. */
  readonly repeats?: true
  /** Something that happened to a channel: what legs there were follows from all of the call's (legs-of-events.ts). */
  readonly event?: ChannelEvent | undefined
  /** One channel of a call, as FreeSWITCH tells it: what legs there were follows from all of them (legs-of-channels.ts). */
  readonly channel?: Channel | undefined
  /** Other ids under which records of the same call refer to this one. */
  readonly knownAs?: readonly string[] | undefined
  /** Ids of other records of the same call: they are one, whichever comes first. */
  readonly refersTo?: readonly string[] | undefined
  /** Something that it tells may be wrong: a local time that the clock showed twice, an answer by nobody knows whom. */
  readonly isDoubtful?: true
}

/** With whom a channel was bridged, and which conferences it was in. An end that is not told is the channel's. */
export interface Channel {
  readonly id: string
  readonly isInbound: boolean
  /** Channels that it was made for: one of them, or what they were made for, came in. */
  readonly madeFor: readonly string[]
  /** Of whoever is at its end. */
  readonly number: string | undefined
  readonly bridges: readonly Bridge[]
  readonly conferences: readonly Stay[]
  /** Three-way calls: it hears, and is heard in, the bridge of another channel (`of`). */
  readonly threeWays: readonly Stay[]
}

export interface Bridge {
  /** Of the channel bridged with. */
  readonly with: string
  readonly number: string | undefined
  /** The number that had been dialled for it. */
  readonly reached: string | undefined
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant | undefined
}

export interface Stay {
  readonly of: string
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant | undefined
}

/** What happened to a channel of a call, as Asterisk's channel event logging (CEL) tells it. */
export interface ChannelEvent {
  readonly type: 'CHAN_START' | 'BRIDGE_ENTER' | 'BRIDGE_EXIT' | 'HANGUP' | 'LINKEDID_END'
  readonly at: Temporal.Instant
  readonly channelId: string
  /** `PJSIP/1042-0000001a` */
  readonly channel: string
  readonly bridge: string | undefined
  readonly caller: string | undefined
  readonly called: string | undefined
}

export type Direction = 'incoming' | 'outgoing' | 'internal'

/** Why a record could not be read; told with its line, and the line is kept. */
export type DetailProblem =
  | 'encoding'
  | 'too-long'
  | 'not-csv'
  | 'columns'
  | 'header-missing'
  | 'not-json'
  | 'not-a-record'
  | 'id-missing'
  | 'number-missing'
  | 'time-missing'
  | 'time-unreadable'
  | 'time-impossible'
  | 'ends-before-start'
  | 'direction-unknown'
  | 'no-end'
  | 'in-the-future'
  | 'too-old'
  | 'refused'

export type ReadRecord =
  | { readonly is: 'record'; readonly record: DetailRecord }
  /** Nothing about a call: a heading, a call management record, a failed registration. */
  | { readonly is: 'nothing' }
  /** `detail`: where in the record, and which of its fields; never what they say. */
  | { readonly is: 'problem'; readonly reason: DetailProblem; readonly detail?: string | undefined }
