/** Result of identification: roles and tracks with their sources, and reasons for review. */
import type { PhoneNumber, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { Source } from './party-evidence.ts'

/** One role and its party. `entry` is the entry of registry or directory under its key. */
export interface Party<E = never> {
  readonly number: PhoneNumber
  readonly source: Source
  readonly participantId?: string
  readonly entry?: E
}

export type Track = 'caller' | 'official' | 'mixed'

/** How the tracks were distinguished. */
export type StreamSource = 'override' | 'associations' | 'crossed' | 'builtInBridge' | 'labelWord' | 'order' | 'none'

export type ReviewReason =
  | 'noMetadata'
  | 'callerUnknown'
  | 'callerFromSipFrom'
  | 'severalUnknownParticipants'
  | 'numberUnknown'
  | 'numberNotInRegistry'
  | 'officialNotInDirectory'
  | 'severalOfficials'
  | 'officialOnlyListens'
  | 'officialWithoutStream'
  | 'vendorContradictsRegistry'
  | 'streamsByOrder'
  | 'streamsByLabelWord'
  | 'streamsContradict'

export interface IdentifiedParties<N = unknown, O = unknown> {
  /** Only incoming calls belong in the register (R8). `unknown` if neither a called number nor a vendor extension decides. */
  readonly direction: 'incoming' | 'outgoing' | 'internal' | 'unknown'
  readonly caller?: Party
  /** True if the telephone network reports that the number does not belong to the caller. */
  readonly isUnverified?: true
  /** Numbers in From that are in neither registry nor directory: the caller's, or the client's own. */
  readonly from: readonly PhoneNumberKey[]
  readonly number?: Party<N>
  readonly official?: Party<O>
  /** According to the client, nobody has answered yet. */
  readonly awaitsAnswer: boolean
  /** Parties in the call now; officials as their directory entries. */
  readonly connected: {
    readonly caller: boolean
    readonly officials: readonly O[]
    /** Numbers of everybody in the call; empty if the caller withholds theirs. */
    readonly numbers: readonly PhoneNumberKey[]
    /** Officials who are heard now, each once. */
    readonly voices: readonly Party<O>[]
    /**
     * Officials in the call whom the metadata link to no stream, while they link two others: they may be heard in a mixed stream,
     * or be ringing.
     */
    readonly withoutStream: readonly O[]
    /** Officials who only receive (a supervisor who listens) and are not heard. */
    readonly listening: readonly O[]
    /** Numbers of people who were in the call and have left it. */
    readonly left: readonly PhoneNumberKey[]
    /** Numbers of people whose participant id somebody else has now. */
    readonly displaced: readonly PhoneNumberKey[]
    /** Numbers of people from outside who are heard now, including the caller's. */
    readonly outsiders: readonly PhoneNumberKey[]
    /**
     * Numbers of people from outside who were heard and no longer are (on hold), while somebody else from outside is heard; null
     * for a withheld number.
     */
    readonly waiting: readonly (PhoneNumberKey | null)[]
    /**
     * Numbers of people who may have left: somebody from outside without a phone number is heard now, or a number is reported
     * instead of a SIP address.
     */
    readonly replaced: readonly PhoneNumberKey[]
    /** Number of third parties heard now: neither the caller nor an official. */
    readonly thirdParties: number
  }
  /** By media line; only audio lines that are accepted. */
  readonly streams: Readonly<Record<number, Track>>
  readonly sources: {
    readonly caller?: Source
    readonly number?: Source
    readonly official?: Source
    readonly streams: StreamSource
  }
  readonly needsReview: readonly ReviewReason[]
}

/**
 * A trunk's correction. `crossed` swaps caller and official; `asSignalled` trusts the metadata even from a client known to
 * cross them; a record maps the label, or the media line number without a label, to the track.
 */
export type TrackOverride = 'asSignalled' | 'crossed' | Readonly<Record<string, Track>>

/** First source of the parties: vendor extensions, the participants in registry and directory, or SIP headers. */
export type IdentitySource = 'vendor' | 'participants' | 'headers'

export interface IdentifyOptions {
  /** Accepted audio lines of the offer in force. */
  readonly streams: readonly { readonly index: number; readonly label?: string }[]
  /** The trunk's own mapping, if its client is known to label streams wrongly. */
  readonly trackOverride?: TrackOverride
  readonly identityFirst?: IdentitySource
}
