/** States, events and effects of one recording session. Types only; the machine is session.ts. */
import type { RecordingFacts, SegmentFacts } from '#register/admit.ts'
import type { SegmentMark } from '#register/tables.ts'
import type { StreamPlan } from '../../siprec/answer-offer.ts'
import type { Track } from '../../siprec/identified-parties.ts'
import type { RecordingMetadata } from '../../siprec/recording-metadata.ts'
import type { OtherOfficials } from '../duplicates/other-officials.ts'

/** Reason why packets are not recorded: they are no part of the conversation between the caller and one official. */
export type Withholding = 'consultation' | 'conference'

export type SessionState =
  /** `completes`: the session was live before, and its pending decision was taken only now. */
  | { phase: 'opening'; session: SessionFacts; completes?: Completes }
  | { phase: 'live'; session: SessionFacts }
  | { phase: 'ending'; session: SessionFacts }
  | { phase: 'over' }

/** The request that supplied what a decision waited for; absent if another session of the call did. */
export interface Completes {
  request?: { tellsMedia: boolean }
}

export interface SessionFacts {
  facts: SegmentFacts
  /** The client was asked to send nothing. */
  isSilenced?: boolean
  streams: readonly StreamPlan[]
  tracks: Readonly<Record<number, Track>>
  metadata?: RecordingMetadata
  /** Version of our SDP answer (RFC 3264 section 8); each one increments it. */
  answerVersion: number
  /** Forbidden (R49): sealing stops, the recording so far is destroyed or stored, and the client is answered as before. */
  stopped?: 'destroys' | 'stores'
  /** Streams of the call's other sessions that are written to this recording, with their own numbers. */
  joined?: readonly StreamPlan[]
  /** Decision pending: RTP is received and discarded. */
  listens?: boolean
  /** Reason, from this session's metadata, why packets are not recorded now. */
  withholds?: Withholding | undefined
  /** Another session records the same call with another official at the same time: a conference as well. */
  shared?: boolean
  /** Segments in progress of the other officials in a conference: history only. */
  others?: readonly SegmentFacts[]
}

/** A client's request, after it was read and decided by the plan. */
export interface Offer {
  facts: SegmentFacts
  streams: readonly StreamPlan[]
  tracks: Readonly<Record<number, Track>>
  metadata?: RecordingMetadata
  hasSdp: boolean
  /** True if our answer has SDP; default: if the offer had. */
  tellsMedia?: boolean
  /** A later request may lead to a recording without an offer whose answer could ask the client to send. */
  mayBeDecidedAnew?: boolean
  withholds?: Withholding | undefined
  others?: OtherOfficials | undefined
  shared?: boolean
  /** The call was transferred within its session: the segment takes over the previous one's streams and answer versions. */
  passedOn?: Pick<SessionFacts, 'answerVersion' | 'joined' | 'tracks' | 'isSilenced'> | undefined
}

/** The facts that a segment lacked, with the decision that was pending. */
export type Completion = Pick<
  SegmentFacts,
  | 'answeredAt'
  | 'numberCalled'
  | 'numberReached'
  | 'official'
  | 'decision'
  | 'captureState'
  | 'captureFailure'
  | 'marks'
  | 'recording'
>

export type SessionEvent =
  | { type: 'offered'; offer: Offer }
  | { type: 'opened' }
  | { type: 'open-failed'; why: 'no-port' | 'disk' | 'no-intake-key' }
  | { type: 'reoffered'; offer: Reoffer }
  /** `caller`: from another session of the call. `listens`: something that may yet be reported is still missing. */
  | { type: 'completed'; completion: Completion; offer?: Reoffer; caller?: SegmentFacts['caller']; listens?: boolean }
  /** No port was left to receive at. */
  | { type: 'not-listening' }
  /** The client refused our offer: no packets will come. */
  | { type: 'offer-refused' }
  /** The call's other direction has a session of its own, and its streams are written to this recording. */
  | { type: 'joined'; stream?: StreamPlan; track?: Track }
  | { type: 'left'; index: number }
  /** Another session of the call reports its caller. */
  | { type: 'caller-reported'; caller: SegmentFacts['caller'] }
  /** Another session starts or stops recording the same call with another official. */
  | { type: 'shared'; on: boolean }
  /** Failover to another session of the same call, whose streams replace this one's. */
  | { type: 'moved'; to: SessionPlace; isSilenced: boolean }
  | { type: 'capture-state'; state: 'recording' | 'failing'; failure?: string }
  | { type: 'ended'; at: Temporal.Instant; inferred: boolean }
  /** `marks`: for the sources of its audio. */
  | { type: 'stored'; stored: NonNullable<RecordingFacts['stored']>; marks?: readonly SegmentMark[] }
  | { type: 'store-failed' }
  /** The call does not belong to this register (R8), and nothing of it has been admitted. */
  | { type: 'outside' }
  /** Use of the recording was forbidden; if its destruction is blocked, the recording so far is stored. */
  | { type: 'forbidden'; at: Temporal.Instant; destroys: boolean }
  /** Nothing of the recording is left here. */
  | { type: 'gone' }
  | { type: 'removal-failed' }

/** State of a call's session within its segment: the source of its media, and the base of its next answer. */
export type SessionPlace = Pick<SessionFacts, 'streams' | 'tracks' | 'answerVersion'> & {
  metadata: RecordingMetadata | undefined
  withholds: Withholding | undefined
  /** The client has put it on hold. */
  paused: boolean
}

/** `inAck`: the answer to our own offer, which gets no answer. */
export type Reoffer = Pick<Offer, 'streams' | 'tracks' | 'metadata' | 'hasSdp' | 'tellsMedia'> & {
  facts: PartyFacts
  inAck?: true
  /** Absent: no change. */
  withholds?: Withholding | 'nothing'
  /** Absent: no change. */
  others?: OtherOfficials
}

/** Facts that a later request may add to a segment: caller, official and answer time, once the metadata report them. */
export type PartyFacts = Partial<Pick<SegmentFacts, 'caller' | 'official' | 'answeredAt'>> &
  Pick<SegmentFacts, 'marks'> & {
    /** This caller's contact, if it differs from the one assumed. */
    contact?: Pick<SegmentFacts, 'contactId' | 'startedAt' | 'numberCalled'> | undefined
  }

export type SessionEffect =
  /** Make the facts durable and have them admitted. */
  | { do: 'note'; facts: SegmentFacts }
  /** The same for the segment of another official in a conference. */
  | { do: 'note-other'; facts: SegmentFacts }
  /** Delete the notes of these segments, none of which has been admitted. */
  | { do: 'withdraw'; segmentIds: readonly string[] }
  /**
   * Create the recording and a port for each accepted stream, then send `opened` or `open-failed`. `facts`: noted once it is
   * open, made durable meanwhile.
   */
  | { do: 'open'; recording: RecordingFacts; streams: readonly StreamPlan[]; facts: SegmentFacts }
  /** Take over the ports of the segment before, and discard their packets. */
  | { do: 'take-over' }
  /** Open ports, if any are left, and discard their packets. */
  | { do: 'listen'; streams: readonly StreamPlan[] }
  | { do: 'open-streams'; streams: readonly StreamPlan[] }
  | { do: 'close-streams'; indexes: readonly number[] }
  /** The client now sends from another address, or has changed its payload types. */
  | { do: 'retarget'; stream: StreamPlan }
  /** Discard packets until `on` is false. */
  | { do: 'withhold'; on: boolean }
  /** `why`: the reason if it is not an ordinary hold. */
  | { do: 'mark'; kind: 'hold' | 'resume'; why?: Withholding }
  | { do: 'map'; tracks: Readonly<Record<number, Track>> }
  | { do: 'answer'; mode: 'record' | 'historyOnly'; version: number; streams: readonly StreamPlan[]; withSdp: boolean }
  /** Send the client a new offer, so that it starts to send. */
  | { do: 'offer'; version: number; streams: readonly StreamPlan[] }
  | { do: 'refuse'; status: number; reason: string; retryAfterSeconds?: number }
  /** Receive late packets, close the ports, seal the last chunk, then send `stored` or `store-failed`. */
  | { do: 'finish' }
  /** Stop sealing; destroy the recording and send `gone` or `removal-failed`, or store it as `finish` does. Ports stay open. */
  | { do: 'stop'; destroys: boolean }
  | { do: 'close' }
