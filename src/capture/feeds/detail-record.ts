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
  /** What begins anew after this leg has begun is another leg, though its id is the same. */
  readonly repeats?: true
  /** Something that happened to a channel: what legs there were follows from all of the call's (legs-of-events.ts). */
  readonly event?: ChannelEvent | undefined
  /** A local time that the clock showed twice was taken for the first. */
  readonly isDoubtful?: true
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
