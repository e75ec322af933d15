/**
 * Recording metadata (RFC 7865) as plain facts, whatever form it was sent in. Names and addresses in it are personal data: they
 * stay in memory as long as the recording session, and only what identify-parties.ts selects is passed on.
 */

export interface RecordingMetadata {
  readonly dataMode: 'complete' | 'partial'
  readonly sessions: readonly SessionFact[]
  readonly participants: readonly ParticipantFact[]
  /** Set by merging: participants missing in a later complete snapshot, or described differently in a later update. */
  readonly left?: readonly ParticipantFact[]
  /** Set by merging: more was reported than the limits allow, and some of what is in force was dropped. */
  readonly isCut?: true
  readonly streams: readonly StreamFact[]
  readonly groups: readonly GroupFact[]
  readonly streamLinks: readonly StreamLink[]
  readonly sessionLinks: readonly SessionLink[]
  readonly vendor: VendorFacts
}

/** Communication session: the call itself. Times are milliseconds since the epoch. */
export interface SessionFact {
  readonly id: string
  readonly groupId?: string
  readonly sipSessionId?: string
  readonly startTimeMs?: number
  readonly endTimeMs?: number
}

export interface ParticipantFact {
  readonly id: string
  /** As sent: bare digits, `+358...@host`, sip: or tel: URIs. Empty if the participant has none. */
  readonly aors: readonly string[]
  /** Display name; often repeats the number. */
  readonly name?: string
  readonly sessionId?: string
  readonly extension?: ParticipantExtension
}

/** Oracle's per-participant facts (apkt:). */
export interface ParticipantExtension {
  readonly callingParty?: boolean
  readonly requestUri?: string
  readonly headers: readonly { readonly label: string; readonly value: string }[]
}

export interface StreamFact {
  readonly id: string
  readonly label?: string
  readonly sessionId?: string
  readonly mode?: 'separate' | 'mixed'
}

export interface GroupFact {
  readonly id: string
}

/** participantstreamassoc: who sends a stream (send) or receives it (recv). */
export interface StreamLink {
  readonly participantId: string
  readonly streamId: string
  readonly direction: 'send' | 'recv'
  readonly fromMs?: number
  readonly untilMs?: number
  /** Set by merging: an earlier snapshot had it, the present one does not (a call on hold loses its associations). */
  readonly former?: true
}

/** participantsessionassoc. */
export interface SessionLink {
  readonly participantId: string
  readonly sessionId: string
  readonly fromMs?: number
  readonly untilMs?: number
}

/** Vendors' facts about the whole call. All values as sent. */
export interface VendorFacts {
  readonly acme?: { readonly ucid?: string; readonly callOriginator?: string }
  readonly broadWorks?: {
    readonly extTrackingId?: string
    readonly userId?: string
    readonly callType?: 'originating' | 'terminating'
    readonly callingPartyNumber?: string
    readonly calledPartyNumber?: string
    readonly dialedDigits?: string
    readonly acdNumber?: string
    readonly originallyCalled?: string
    readonly lastRedirectedBy?: string
    readonly redirectedFrom?: string
    readonly redirectedTo?: string
    readonly newExtTrackingId?: string
  }
  readonly metaswitch?: {
    readonly callType?: 'originating' | 'terminating'
    readonly recordedParty?: string
    readonly callingPartyNumber?: string
    readonly dialedDigits?: string
  }
  readonly netsapiens?: {
    readonly callingPartyNumber?: string
    readonly calledPartyNumber?: string
    /** Recorded users of the platform, by side. */
    readonly calledUserIds?: readonly string[]
    readonly callingUserIds?: readonly string[]
    readonly callingParticipantId?: string
    readonly calledParticipantId?: string
    readonly transferredGroupId?: string
    readonly groupSeq?: string
  }
  readonly callData?: { readonly from?: string; readonly to?: string; readonly callId?: string; readonly gcid?: string }
  readonly jambonz?: {
    readonly callSid?: string
    readonly direction?: string
    readonly calledNumber?: string
    readonly callingNumber?: string
  }
  /** `dn` is the recorded number, an official's or the trunk's; `ani` the calling number, `dnis` the dialled one. */
  readonly genesys?: {
    readonly callUuid: string
    readonly dn: string
    readonly otherDn?: string
    readonly ani?: string
    readonly dnis?: string
  }
  readonly audioCodes?: { readonly avayaUcid?: string; readonly genesysUuid?: string }
}
