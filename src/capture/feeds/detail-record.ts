/** One leg of a call, from a telephone system's detail record (CDR). Members that the feed does not report are absent. */
export interface DetailRecord {
  /** The telephone system's own id of the whole call: legs that share it are one contact (R9). */
  readonly callId: string
  /** Id of this leg within the call; a leg reported twice is one segment. */
  readonly legId: string
  /** Ids that are also in SIPREC metadata, each with its kind as prefix (joiningKeys), the most reliable first. */
  readonly sharedIds: readonly string[]
  readonly startedAt?: Temporal.Instant | undefined
  /** When an official answered. Answers by a queue or an announcement do not count (R16). */
  readonly answeredAt?: Temporal.Instant | undefined
  readonly endedAt?: Temporal.Instant | undefined
  /** Number as in the record; undefined if withheld. */
  readonly caller?: string | undefined
  readonly called?: string | undefined
  /** The service number through which the official was reached, if it is not the number called. */
  readonly reached?: string | undefined
  readonly official?: string | undefined
  readonly direction?: Direction | undefined
  /** True for a leg to a conference bridge, in which the caller also speaks with everybody who calls the bridge. */
  readonly isConference?: true
  /** Present if the number called may be that of the last transfer instead; `queue` is the name of the queue. */
  readonly mayBeTransferred?: { readonly queue: string } | undefined
  /**
   * Keys that link a transferred call with the call before it. `partyKey` is made of the caller and the official of this call,
   * `transferredByKey` of the caller and the party that transferred the caller to this call.
   */
  readonly partyKey?: string | undefined
  readonly transferredByKey?: string | undefined
  /** Device that made the call, independent of the caller id that it sends. */
  readonly device?: string | undefined
  /** True for a leg of another call that was connected with this one. It counts only if an official made it. */
  readonly isOther?: true
  /** True if a later leg can have the same id: a record with a later start is then another leg. */
  readonly repeats?: true
  /** Event of a channel. The legs are derived from all events of the call (legs-of-events.ts). */
  readonly event?: ChannelEvent | undefined
  /** Channel of a call, from FreeSWITCH. The legs are derived from all channels of the call (legs-of-channels.ts). */
  readonly channel?: Channel | undefined
  /** Other ids under which records of the same call refer to this one. */
  readonly knownAs?: readonly string[] | undefined
  /** Ids of other records of the same call. Records may arrive in any order. */
  readonly refersTo?: readonly string[] | undefined
  /** True if the record may be wrong, for example an ambiguous local time or an answer by an unknown party. */
  readonly isDoubtful?: true
}

/** A channel, with its bridges to other channels and its conferences. A bridge without an end lasts until the channel ends. */
export interface Channel {
  readonly id: string
  readonly isInbound: boolean
  /** Ids of the channels for which this channel was made. Following these ids leads to the incoming channel. */
  readonly originatedFor: readonly string[]
  /** Phone number of the channel's party. */
  readonly number: string | undefined
  readonly bridges: readonly Bridge[]
  readonly conferences: readonly Participation[]
  /** Times in a three-way call, in which this channel joined the bridge of another channel. */
  readonly threeWays: readonly Participation[]
}

export interface Bridge {
  /** Id of the other channel. */
  readonly with: string
  readonly number: string | undefined
  /** Number that was dialled to reach the other channel. */
  readonly reached: string | undefined
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant | undefined
}

export interface Participation {
  /** Id of the conference, or of the channel whose bridge was joined. */
  readonly id: string
  readonly from: Temporal.Instant
  readonly until: Temporal.Instant | undefined
}

/** An event of a call's channel, from Asterisk's channel event logging (CEL). */
export interface ChannelEvent {
  readonly type: 'CHAN_START' | 'BRIDGE_ENTER' | 'BRIDGE_EXIT' | 'HANGUP' | 'LINKEDID_END'
  readonly at: Temporal.Instant
  readonly channelId: string
  /** Name of the channel, such as `PJSIP/1042-0000001a`. */
  readonly channel: string
  readonly bridge: string | undefined
  readonly caller: string | undefined
  readonly called: string | undefined
}

export type Direction = 'incoming' | 'outgoing' | 'internal'

/** Reason why a record could not be read. It is reported with the line number, and the record is stored. */
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
  /** Not about a call, for example a heading, a call management record or a failed registration. */
  | { readonly is: 'nothing' }
  /** `detail`: position in the record and name of the field; never the field's value. */
  | { readonly is: 'problem'; readonly reason: DetailProblem; readonly detail?: string | undefined }
