/** States, events and effects of one recording session. Types only; the machine is session.ts. */
import type { RecordingFacts, SegmentFacts } from '#register/admit.ts'
import type { SegmentMark } from '#register/tables.ts'
import type { StreamPlan } from '../../siprec/answer-offer.ts'
import type { Track } from '../../siprec/identified-parties.ts'
import type { RecordingMetadata } from '../../siprec/recording-metadata.ts'
import type { OtherOfficials } from '../duplicates/other-officials.ts'

/** Reason why packets are not recorded: they do not belong to the conversation between the caller and one official. */
export type Withholding = 'consultation' | 'conference'

export type SessionState =
  /** `completes`: present if the session was live before and its pending decision was taken later. */
  | { phase: 'opening'; session: SessionFacts; completes?: CompletionOrigin }
  | { phase: 'live'; session: SessionFacts }
  | { phase: 'ending'; session: SessionFacts }
  | { phase: 'over' }

/** Completion of a pending decision. `request`: the request that supplied the missing data; absent if another session did. */
export interface CompletionOrigin {
  request?: { answerHasSdp: boolean }
}

export interface SessionFacts {
  facts: SegmentFacts
  /** True if our last answer asked the client to send no media. */
  isSilenced?: boolean
  streams: readonly StreamPlan[]
  tracks: Readonly<Record<number, Track>>
  metadata?: RecordingMetadata
  /** Version of our SDP answer (RFC 3264 section 8); each one increments it. */
  answerVersion: number
  /** Set if use was forbidden (R49): what was recorded is destroyed or stored. The client does not notice. */
  stopped?: 'destroys' | 'stores'
  /** Streams of the call's other sessions that are written to this recording, with their own numbers. */
  joined?: readonly StreamPlan[]
  /** True while the decision is pending: RTP is received and discarded. */
  listens?: boolean
  /** Reason, from this session's metadata, why packets are not recorded now. */
  withholds?: Withholding | undefined
  /** True while another session records the same call with another official, which is also a conference. */
  shared?: boolean
  /** Segments in progress of the other officials in a conference, which are not recorded. */
  others?: readonly SegmentFacts[]
}

/** A client's request with the plan's decision. */
export interface Offer {
  facts: SegmentFacts
  streams: readonly StreamPlan[]
  tracks: Readonly<Record<number, Track>>
  metadata?: RecordingMetadata
  hasSdp: boolean
  /** True if our answer has SDP; default: true if the request had an offer. */
  answerHasSdp?: boolean
  /** True if a later request without SDP may lead to a recording: the client must already send audio then. */
  mayBeDecidedAnew?: boolean
  withholds?: Withholding | undefined
  others?: OtherOfficials | undefined
  shared?: boolean
  /** Set if the call was transferred within its session: the segment takes over streams and answer version of the previous one. */
  previousState?: Pick<SessionFacts, 'answerVersion' | 'joined' | 'tracks' | 'isSilenced'> | undefined
}

/** Facts that a segment lacked, with the decision that was pending. */
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
  /** `caller`: reported by another session of the call. `listens`: true if data that may still be reported are missing. */
  | { type: 'completed'; completion: Completion; offer?: Reoffer; caller?: SegmentFacts['caller']; listens?: boolean }
  /** No media port was free. */
  | { type: 'not-listening' }
  /** The client refused our offer: no packets will come. */
  | { type: 'offer-refused' }
  /** The call's other direction has a separate session, whose stream is written to this recording. */
  | { type: 'joined'; stream?: StreamPlan; track?: Track }
  | { type: 'left'; index: number }
  /** Another session of the call reports its caller. */
  | { type: 'caller-reported'; caller: SegmentFacts['caller'] }
  /** Two recording clients of the conversation write the caller differently: as `caller`, and as `otherCaller`. */
  | { type: 'caller-settled'; caller: SegmentFacts['caller']; otherCaller: SegmentFacts['caller'] }
  /** Another session starts or stops recording the same call with another official. */
  | { type: 'shared'; on: boolean }
  /** Failover to another session of the same call, whose streams replace this one's. */
  | { type: 'moved'; to: LegState; isSilenced: boolean; hasEnded: boolean }
  /** Another session of the call casts doubt on this one. */
  | { type: 'marked'; mark: SegmentMark }
  | { type: 'capture-state'; state: 'recording' | 'failing'; failure?: string }
  | { type: 'ended'; at: Temporal.Instant; inferred: boolean }
  /** `marks`: marks about the sources of the audio. */
  | { type: 'stored'; stored: NonNullable<RecordingFacts['stored']>; marks?: readonly SegmentMark[] }
  | { type: 'store-failed' }
  /** The call does not belong to this register (R8), and none of its segments has been admitted. */
  | { type: 'outside' }
  /** Use of the recording was forbidden. If `destroys` is false (destruction is blocked), what was recorded is stored. */
  | { type: 'forbidden'; at: Temporal.Instant; destroys: boolean }
  /** The recording is removed from this machine. */
  | { type: 'gone' }
  | { type: 'removal-failed' }

/** Part of the state that belongs to one SIP session: its streams, and the base of its next answer. */
export type LegState = Pick<SessionFacts, 'streams' | 'tracks' | 'answerVersion'> & {
  metadata: RecordingMetadata | undefined
  withholds: Withholding | undefined
  /** True while the client has put the session on hold. */
  paused: boolean
  /** Key of the official whom a duplicate's client named last. */
  named?: string | undefined
  /**
   * Person id of the official whom a duplicate's client has begun to name. Absent once the recording session's own
   * client has reported a transfer since.
   */
  claims?: string | undefined
  /** True if its client had named another official before `claims`: it has reported a transfer. */
  hasPassedOn?: boolean | undefined
}

/** A later request of a session. `inAck`: true if it is the client's answer to our own offer, which needs no answer. */
export type Reoffer = Pick<Offer, 'streams' | 'tracks' | 'metadata' | 'hasSdp' | 'answerHasSdp'> & {
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
    /** Contact of the reported caller, if it differs from the one assumed before. */
    contact?: Pick<SegmentFacts, 'contactId' | 'startedAt' | 'numberCalled'> | undefined
  }

export type SessionEffect =
  /** Store the facts durably, and have them admitted. */
  | { do: 'store-facts'; facts: SegmentFacts }
  /** Like `store-facts`, for the segment of another official in a conference. */
  | { do: 'store-other-facts'; facts: SegmentFacts }
  /** Delete the stored facts of these segments, none of which has been admitted. */
  | { do: 'withdraw'; segmentIds: readonly string[] }
  /**
   * Create the recording and a port for each accepted stream, then dispatch `opened` or `open-failed`. The `facts` are stored
   * at the same time, and admitted once the recording is open.
   */
  | { do: 'open'; recording: RecordingFacts; streams: readonly StreamPlan[]; facts: SegmentFacts }
  /** Take over the ports of the previous segment, and discard their packets. */
  | { do: 'take-over' }
  /** Open ports if any are free, and discard their packets. */
  | { do: 'listen'; streams: readonly StreamPlan[] }
  | { do: 'open-streams'; streams: readonly StreamPlan[] }
  | { do: 'close-streams'; indexes: readonly number[] }
  /** The client now sends from another address, or has changed its payload types. */
  | { do: 'retarget'; stream: StreamPlan }
  /** Discard packets until `on` is false. */
  | { do: 'withhold'; on: boolean }
  /** `why`: the reason, if it is not an ordinary hold. */
  | { do: 'mark'; kind: 'hold' | 'resume'; why?: Withholding }
  | { do: 'map'; tracks: Readonly<Record<number, Track>> }
  | { do: 'answer'; mode: 'record' | 'historyOnly'; version: number; streams: readonly StreamPlan[]; withSdp: boolean }
  /** Send the client a new offer, so that it starts to send. */
  | { do: 'offer'; version: number; streams: readonly StreamPlan[] }
  | { do: 'refuse'; status: number; reason: string; retryAfterSeconds?: number }
  /** Receive late packets, close the ports, encrypt the last chunk, then dispatch `stored` or `store-failed`. */
  | { do: 'finish' }
  /** Stop recording. Destroy the recording and dispatch `gone` or `removal-failed`, or store it like `finish`. Ports stay open. */
  | { do: 'stop'; destroys: boolean }
  | { do: 'close' }
