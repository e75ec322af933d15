/** The result of identification: roles, tracks, where each came from, and what a person should look at. */
import type { PhoneNumber, PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { Source } from './party-evidence.ts'

/** One role filled. `entry` is what registry or directory hold under its key. */
export interface Party<E = never> {
  readonly number: PhoneNumber
  readonly source: Source
  readonly participantId?: string
  readonly entry?: E
}

export type Track = 'caller' | 'official' | 'mixed'

/** How the tracks were told apart. */
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
  | 'vendorContradictsRegistry'
  | 'streamsByOrder'
  | 'streamsByLabelWord'
  | 'streamsContradict'

export interface IdentifiedParties<N = unknown, O = unknown> {
  /** Only incoming calls belong in the register (R8). `unknown` when neither a called number nor a vendor tells. */
  readonly direction: 'incoming' | 'outgoing' | 'internal' | 'unknown'
  readonly caller?: Party
  /** The network says that the caller's number is not theirs. */
  readonly isUnverified?: true
  readonly number?: Party<N>
  readonly official?: Party<O>
  /** The client says that nobody has answered yet. */
  readonly awaitsAnswer: boolean
  /** Who is in the call now; an official by what the directory holds of them. */
  readonly connected: {
    readonly caller: boolean
    readonly officials: readonly O[]
    /** By which they and everybody else in it are known; none where the caller withholds theirs. */
    readonly numbers: readonly PhoneNumberKey[]
    /** Officials who are heard now, each once. */
    readonly voices: readonly Party<O>[]
    /** Officials who only receive (a supervisor who listens): nobody hears them. */
    readonly listening: readonly O[]
    /** Numbers of people who were told to be in the call and have left it. */
    readonly left: readonly PhoneNumberKey[]
    /** Numbers of people from outside who are heard now, the caller's among them. */
    readonly outsiders: readonly PhoneNumberKey[]
    /** People who are heard now and are neither the caller nor an official: third parties. */
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
 * A trunk's correction: `crossed` swaps caller and official, `asSignalled` keeps what metadata say even from a client
 * known to cross them, a record names the track by label, or by media line number where there is no label.
 */
export type TrackOverride = 'asSignalled' | 'crossed' | Readonly<Record<string, Track>>

/** What is asked first who is who: vendor extensions, the participants in registry and directory, or SIP headers. */
export type IdentitySource = 'vendor' | 'participants' | 'headers'

export interface IdentifyOptions {
  /** Accepted audio lines of the offer in force. */
  readonly streams: readonly { readonly index: number; readonly label?: string }[]
  /** The trunk's own mapping, where a client is known to label its streams wrongly. */
  readonly trackOverride?: TrackOverride
  readonly identityFirst?: IdentitySource
}
