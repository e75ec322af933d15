/** One leg of a call, from a telephone system's detail record. Members that a feed does not have are left out. */
export interface DetailRecord {
  /** The telephone system's own id of the whole call: legs that share it are one contact (R9). */
  readonly callId: string
  /** Id of this leg within the call; a leg reported twice is one segment. */
  readonly legId: string
  /** Ids also in SIPREC metadata, each with its kind as a prefix (joiningKeys), the best first. */
  readonly sharedIds: readonly string[]
  readonly startedAt?: Temporal.Instant | undefined
  /** When an official answered, not a queue or an announcement (R16). */
  readonly answeredAt?: Temporal.Instant | undefined
  readonly endedAt?: Temporal.Instant | undefined
  /** As written; undefined if withheld. */
  readonly caller?: string | undefined
  readonly called?: string | undefined
  /** The service number through which the official was reached, if it is not the number called. */
  readonly reached?: string | undefined
  readonly official?: string | undefined
  readonly direction?: Direction | undefined
  /** A leg to a conference bridge, where everybody hears everybody: the caller also hears who calls it. */
  readonly isConference?: true
  /** The number called may be the last one that the call was passed on to; `queue` is the name of its queue. */
  readonly mayBePassedOn?: { readonly queue: string } | undefined
  /** The party that this call was with, for a call that it is passed on to; and in that one the party that passed it on. */
  readonly passesOn?: string | undefined
  readonly passedOnBy?: string | undefined
  /** Device of the party that began it, whatever name the caller shows. */
  readonly device?: string | undefined
  /** A leg of another call that was connected with this one: only what an official began counts. */
  readonly isOther?: true
  /** A leg that begins after this one began is another leg, though its id is the same. */
  readonly repeats?: true
  /** An event of a channel: the legs are derived from all events of the call (legs-of-events.ts). */
  readonly event?: ChannelEvent | undefined
  /** One channel of a call, from FreeSWITCH: the legs are derived from all of them (legs-of-channels.ts). */
  readonly channel?: Channel | undefined
  /** Other ids under which records of the same call refer to this one. */
  readonly knownAs?: readonly string[] | undefined
  /** Ids of other records of the same call: they are joined in any order. */
  readonly refersTo?: readonly string[] | undefined
  /** Some of it may be wrong: an ambiguous local time, or an answer by an unknown party. */
  readonly isDoubtful?: true
}

/** The channels that a channel was bridged with, and its conferences. Without an end, the channel's counts. */
export interface Channel {
  readonly id: string
  readonly isInbound: boolean
  /** Channels that it was made for: one of them, or what they were made for, came in. */
  readonly madeFor: readonly string[]
  /** Number of its party. */
  readonly number: string | undefined
  readonly bridges: readonly Bridge[]
  readonly conferences: readonly Stay[]
  /** Three-way calls: it hears, and is heard in, the bridge of another channel (`of`). */
  readonly threeWays: readonly Stay[]
}

export interface Bridge {
  /** The other channel of the bridge. */
  readonly with: string
  readonly number: string | undefined
  /** The number dialled for it. */
  readonly reached: string | undefined
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant | undefined
}

export interface Stay {
  readonly of: string
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant | undefined
}

/** An event of a call's channel, from Asterisk's channel event logging (CEL). */
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

/** Reason why a record could not be read; reported with its line, and the line is kept. */
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
  /** Not about a call: a heading, a call management record, a failed registration. */
  | { readonly is: 'nothing' }
  /** `detail`: the place in the record, and its field; never the field's value. */
  | { readonly is: 'problem'; readonly reason: DetailProblem; readonly detail?: string | undefined }
