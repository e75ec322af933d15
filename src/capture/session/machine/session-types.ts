/** The states, events and effects of one recording session, and what they carry. Types alone: session.ts is the machine. */
import type { RecordingFacts, SegmentFacts } from '#register/admit.ts'
import type { SegmentMark } from '#register/tables.ts'
import type { StreamPlan } from '../../siprec/answer-offer.ts'
import type { Track } from '../../siprec/identified-parties.ts'
import type { RecordingMetadata } from '../../siprec/recording-metadata.ts'
import type { OtherOfficials } from '../duplicates/other-officials.ts'

/** Why nothing of what comes is kept: it is none of the call's talk between the caller and one official. */
export type Withholding = 'consultation' | 'conference'

export type SessionState =
  /** `completes`: it was live before, and its decision could be taken only now. */
  | { phase: 'opening'; session: SessionFacts; completes?: Completes }
  | { phase: 'live'; session: SessionFacts }
  | { phase: 'ending'; session: SessionFacts }
  | { phase: 'over' }

/** The request that told what a decision waited for; nothing where another session of the call did. */
export interface Completes {
  request?: { tellsMedia: boolean }
}

export interface SessionFacts {
  facts: SegmentFacts
  /** The caller is taken from the recording session's own From: any other word of the client is better. */
  callerIsGuess?: boolean
  /** The client was told to send nothing. */
  isSilenced?: boolean
  streams: readonly StreamPlan[]
  tracks: Readonly<Record<number, Track>>
  metadata?: RecordingMetadata
  /** Version of our SDP answer (RFC 3264 section 8): one more with each. */
  answerVersion: number
  /** Forbidden (R49): nothing more is sealed, what there is is destroyed or stored, and the client is answered as before. */
  stopped?: 'destroys' | 'stores'
  /** Streams of other sessions of the call that come into this recording, under numbers of their own. */
  joined?: readonly StreamPlan[]
  /** Not recorded, as long as it is not told what its decision waits for: its streams come, and are heard by nobody. */
  listens?: boolean
  /** Why nothing is kept of what comes now, as this session's metadata say. */
  withholds?: Withholding | undefined
  /** Another session records the same call with another official at the same time: a conference as well. */
  shared?: boolean
  /** Segments of the other officials in a conference, which go on: history only. */
  others?: readonly SegmentFacts[]
}

/** What a request of the client says, once it has been read and the plan has been asked. */
export interface Offer {
  facts: SegmentFacts
  streams: readonly StreamPlan[]
  tracks: Readonly<Record<number, Track>>
  metadata?: RecordingMetadata
  hasSdp: boolean
  /** Our answer has SDP; absent: where the offer had. */
  tellsMedia?: boolean
  callerIsGuess?: boolean
  /** A later request may tell what would have it recorded, and bring no offer by which its client could be told to begin. */
  mayBeDecidedAnew?: boolean
  withholds?: Withholding | undefined
  others?: OtherOfficials | undefined
  shared?: boolean
  /** The call was passed on within its session: the segment takes over the streams of the one before, whose answers it counts on. */
  passedOn?: Pick<SessionFacts, 'answerVersion' | 'joined' | 'tracks' | 'isSilenced'> | undefined
}

/** What a segment lacked until now, with the decision that could not be taken before. */
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
  /** `caller`: where another session of the call tells it. `listens`: something is still missing that may be told. */
  | { type: 'completed'; completion: Completion; offer?: Reoffer; caller?: SegmentFacts['caller']; listens?: boolean }
  /** No port was left to listen at. */
  | { type: 'not-listening' }
  /** The client does not take our offer: nothing will come. */
  | { type: 'offer-refused' }
  /** The other half of the call has a session of its own, and its streams come in here. */
  | { type: 'joined'; stream?: StreamPlan; track?: Track }
  | { type: 'left'; index: number }
  /** Another session records the same call with another official, or does so no more. */
  | { type: 'shared'; on: boolean }
  /** It goes on in another session of the same call, which tells the same and whose streams come in instead. */
  | { type: 'moved'; to: SessionPlace; isSilenced: boolean }
  | { type: 'capture-state'; state: 'recording' | 'failing'; failure?: string }
  | { type: 'ended'; at: Temporal.Instant; inferred: boolean }
  /** `marks`: for where its sound came from. */
  | { type: 'stored'; stored: NonNullable<RecordingFacts['stored']>; marks?: readonly SegmentMark[] }
  | { type: 'store-failed' }
  /** Its call is none of this register's (R8), and nothing of it has been admitted. */
  | { type: 'outside' }
  /** The use of the recording was forbidden; where something stands in the way of its destruction, it is stored as far as it is. */
  | { type: 'forbidden'; at: Temporal.Instant; destroys: boolean }
  /** Nothing of the recording is left here. */
  | { type: 'gone' }
  | { type: 'removal-failed' }

/** What a session of a call is to its segment: where its media come from, and what its answers count on. */
export type SessionPlace = Pick<SessionFacts, 'streams' | 'tracks' | 'answerVersion'> & {
  metadata: RecordingMetadata | undefined
  withholds: Withholding | undefined
  /** Its client has it on hold. */
  paused: boolean
}

/** `inAck`: it is the answer to our own offer, and gets none. */
export type Reoffer = Pick<Offer, 'streams' | 'tracks' | 'metadata' | 'hasSdp' | 'tellsMedia'> & {
  facts: PartyFacts
  inAck?: true
  /** Absent: as before. */
  withholds?: Withholding | 'nothing'
  /** Absent: as before. */
  others?: OtherOfficials
}

/** What a later request may add to a segment: who calls, who answers and when it was answered, once the metadata tell. */
export type PartyFacts = Partial<Pick<SegmentFacts, 'caller' | 'official' | 'answeredAt'>> &
  Pick<SegmentFacts, 'marks'> & {
    /** The contact of this caller, where it is another than was taken for theirs. */
    contact?: Pick<SegmentFacts, 'contactId' | 'startedAt' | 'numberCalled'> | undefined
  }

export type SessionEffect =
  /** Make the facts durable and see that they are admitted. */
  | { do: 'note'; facts: SegmentFacts }
  /** The same for the segment of another official in a conference. */
  | { do: 'note-other'; facts: SegmentFacts }
  /** Forget what was noted of these segments, none of which has been admitted. */
  | { do: 'withdraw'; segmentIds: readonly string[] }
  /**
   * Create the recording and a port for each accepted stream, then tell `opened` or `open-failed`. `facts`: what is noted once it
   * is open, to be made durable meanwhile.
   */
  | { do: 'open'; recording: RecordingFacts; streams: readonly StreamPlan[]; facts: SegmentFacts }
  /** Keep the ports of the segment before, and nothing of what comes there. */
  | { do: 'take-over' }
  /** Open ports, if there are any left, and keep nothing of what comes there. */
  | { do: 'listen'; streams: readonly StreamPlan[] }
  | { do: 'open-streams'; streams: readonly StreamPlan[] }
  | { do: 'close-streams'; indexes: readonly number[] }
  /** The client will send from elsewhere now, or means something else by its payload types. */
  | { do: 'retarget'; stream: StreamPlan }
  /** Keep nothing of what comes, until told otherwise. */
  | { do: 'withhold'; on: boolean }
  /** `why`: what else than a hold it is. */
  | { do: 'mark'; kind: 'hold' | 'resume'; why?: Withholding }
  | { do: 'map'; tracks: Readonly<Record<number, Track>> }
  | { do: 'answer'; mode: 'record' | 'historyOnly'; version: number; streams: readonly StreamPlan[]; withSdp: boolean }
  /** Offer the client the session anew, that it begins to send. */
  | { do: 'offer'; version: number; streams: readonly StreamPlan[] }
  | { do: 'refuse'; status: number; reason: string; retryAfterSeconds?: number }
  /** Receive what is still on the way, close the ports, seal the last chunk, then tell `stored` or `store-failed`. */
  | { do: 'finish' }
  /** Seal nothing more; destroy what there is and tell `gone` or `removal-failed`, or store it as `finish` does. Ports stay open. */
  | { do: 'stop'; destroys: boolean }
  | { do: 'close' }
