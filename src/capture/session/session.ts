/**
 * One recording session as a pure machine: (state, event) -> [state, effects]. In: what the recording client says, what
 * opening ports and files came to. Out: what is to be done, and the facts to be admitted. Never here: a socket, a file,
 * the clock, chance; run-session.ts has those.
 */
import type { StreamPlan } from '../siprec/answer-offer.ts'
import type { Track } from '../siprec/identified-parties.ts'
import type { RecordingMetadata } from '../siprec/recording-metadata.ts'
import type { RecordingFacts, SegmentFacts } from '#register/admit.ts'
import { accepted, allInactive } from './accepted-streams.ts'
import { notesOfOthers, othersEnded, type OthersHeard } from './others-heard.ts'
import { marksOfStored, withMark } from './segment-marks.ts'
import { isSettled, settled } from './settled-recording.ts'
import type { Withholding } from './who-answers-now.ts'
import { holdMark, moved, turnQuiet, whyWithheld, withholdingOf } from './withholding.ts'

export type SessionState =
  | { phase: 'opening'; session: SessionFacts }
  | { phase: 'live'; session: SessionFacts }
  | { phase: 'ending'; session: SessionFacts }
  | { phase: 'over' }

export interface SessionFacts {
  facts: SegmentFacts
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
  /** A later request may tell what would have it recorded, and bring no offer by which its client could be told to begin. */
  mayBeDecidedAnew?: boolean
  withholds?: Withholding | undefined
  others?: OthersHeard | undefined
  shared?: boolean
  /** The call was passed on within its session: the segment takes over the streams of the one before, whose answers it counts on. */
  passedOn?: Pick<SessionFacts, 'answerVersion' | 'joined' | 'tracks'> | undefined
}

export type SessionEvent =
  | { type: 'offered'; offer: Offer }
  | { type: 'opened' }
  | { type: 'open-failed'; why: 'no-port' | 'disk' | 'no-intake-key' }
  | { type: 'reoffered'; offer: Reoffer }
  /** The other half of the call has a session of its own, and its streams come in here. */
  | { type: 'joined'; stream?: StreamPlan; track?: Track }
  | { type: 'left'; index: number }
  /** Another session records the same call with another official, or does so no more. */
  | { type: 'shared'; on: boolean }
  /** It goes on in another session of the same call, which tells the same and whose streams come in instead. */
  | { type: 'moved'; to: SessionPlace }
  | { type: 'capture-state'; state: 'recording' | 'failing'; failure?: string }
  | { type: 'ended'; at: Temporal.Instant; inferred: boolean }
  /** `sourceChanged`: sound came from more than one source. */
  | { type: 'stored'; stored: NonNullable<RecordingFacts['stored']>; sourceChanged?: boolean }
  | { type: 'store-failed' }
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
export type Reoffer = Pick<Offer, 'streams' | 'tracks' | 'metadata' | 'hasSdp'> & {
  facts: PartyFacts
  inAck?: true
  /** Absent: as before. */
  withholds?: Withholding | 'nothing'
  /** Absent: as before. */
  others?: OthersHeard
}

/** What a later request may add to a segment: who answers it and when it was answered, once the metadata tell. */
export type PartyFacts = Partial<Pick<SegmentFacts, 'official' | 'answeredAt'>> & Pick<SegmentFacts, 'marks'>

export type SessionEffect =
  /** Make the facts durable and see that they are admitted. */
  | { do: 'note'; facts: SegmentFacts }
  /** The same for the segment of another official in a conference. */
  | { do: 'note-other'; facts: SegmentFacts }
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
  | { do: 'refuse'; status: number; reason: string; retryAfterSeconds?: number }
  /** Receive what is still on the way, close the ports, seal the last chunk, then tell `stored` or `store-failed`. */
  | { do: 'finish' }
  /** Seal nothing more; destroy what there is and tell `gone` or `removal-failed`, or store it as `finish` does. Ports stay open. */
  | { do: 'stop'; destroys: boolean }
  | { do: 'close' }

const retryAfterSeconds = 5

/** A request that crossed the end of its session. */
const tooLate: SessionEffect = { do: 'refuse', status: 481, reason: 'Session Has Ended' }

/** The machine. An event that makes no sense in a state changes nothing and asks for nothing. */
export function step(state: SessionState | undefined, event: SessionEvent): [SessionState, SessionEffect[]] {
  if (!state) {
    if (event.type !== 'offered') return [{ phase: 'over' }, []]
    return begin(event.offer)
  }
  switch (state.phase) {
    case 'opening':
      return opening(state, event)
    case 'live':
      return live(state, event)
    case 'ending':
      return ending(state, event)
    case 'over':
      return [state, event.type === 'reoffered' ? [tooLate] : []]
  }
}

function begin(offer: Offer): [SessionState, SessionEffect[]] {
  const { facts, streams, metadata } = offer
  const before = offer.passedOn
  const tracks = { ...before?.tracks, ...offer.tracks }
  const answerVersion = before ? before.answerVersion + (offer.hasSdp ? 1 : 0) : 1
  const joined = before?.joined ?? []
  const session: SessionFacts = {
    ...{ facts, streams, tracks, answerVersion },
    ...(metadata && { metadata }),
    ...(joined.length > 0 && { joined }),
    ...(offer.withholds && { withholds: offer.withholds }),
    ...(offer.shared && { shared: true }),
  }
  const { others, effects: noted } = notesOfOthers(facts, [], offer.others)
  if (others.length > 0) session.others = others
  const { recording } = facts
  if (recording) {
    const known: SegmentFacts =
      allInactive(streams) || whyWithheld(session) ? { ...facts, captureState: 'paused' } : facts
    const open: SessionEffect = { do: 'open', recording, streams: [...accepted(streams), ...joined], facts: known }
    return [{ phase: 'opening', session: { ...session, facts: known } }, [open, ...noted]]
  }
  const listens = offer.mayBeDecidedAnew === true && !before
  const waiting: SessionFacts = listens ? { ...session, listens } : session
  const effects: SessionEffect[] = [{ do: 'note', facts }, ...noted, answer(waiting, true)]
  if (before) effects.unshift({ do: 'take-over' })
  if (listens) effects.unshift({ do: 'listen', streams: accepted(streams) })
  return [{ phase: 'live', session: waiting }, effects]
}

function opening(state: SessionState & { phase: 'opening' }, event: SessionEvent): [SessionState, SessionEffect[]] {
  const { session } = state
  if (event.type === 'opened') {
    const why = whyWithheld(session)
    return [
      { phase: 'live', session },
      [
        { do: 'map', tracks: session.tracks },
        ...(why ? [{ do: 'withhold', on: true } as const] : []),
        ...(why || allInactive(session.streams) ? [holdMark(why)] : []),
        { do: 'note', facts: session.facts },
        answer(session, true),
      ],
    ]
  }
  if (event.type === 'open-failed') {
    if (event.why === 'no-port') {
      // The client has other recorders, or tries again: it is told so rather than left with a call half recorded.
      return [
        { phase: 'over' },
        [{ do: 'close' }, { do: 'refuse', status: 503, reason: 'No Media Port Left', retryAfterSeconds }],
      ]
    }
    const { recording: _lost, ...facts } = session.facts
    const failing: SessionFacts = {
      ...session,
      facts: { ...facts, captureState: 'failing', captureFailure: event.why === 'disk' ? 'disk-full' : event.why },
    }
    return [
      { phase: 'live', session: failing },
      [{ do: 'close' }, { do: 'note', facts: failing.facts }, answer(failing, true)],
    ]
  }
  if (event.type === 'shared') return [{ ...state, session: { ...session, shared: event.on } }, []]
  // The client gave up before the answer: there was no call to enter.
  if (event.type === 'ended') {
    const { answeredAt, startedAt } = session.facts
    return [{ phase: 'over' }, [...othersEnded(session.others, answeredAt ?? startedAt), { do: 'close' }]]
  }
  return [state, []]
}

function live(state: SessionState & { phase: 'live' }, event: SessionEvent): [SessionState, SessionEffect[]] {
  const { session } = state
  switch (event.type) {
    case 'reoffered':
      return reoffered(session, event.offer)
    case 'capture-state': {
      if (!session.facts.recording || session.stopped) return [state, []]
      const { captureFailure: _before, ...rest } = session.facts
      const facts: SegmentFacts = {
        ...rest,
        captureState: event.state,
        ...(event.failure !== undefined && { captureFailure: event.failure }),
      }
      if (facts.captureState === session.facts.captureState && facts.captureFailure === session.facts.captureFailure) {
        return [state, []]
      }
      return [{ phase: 'live', session: { ...session, facts } }, [{ do: 'note', facts }]]
    }
    case 'ended': {
      const begun = session.facts.answeredAt ?? session.facts.startedAt
      const facts: SegmentFacts = {
        ...session.facts,
        // Our clock may be set back, and the client's may be ahead: no call ends before it began.
        endedAt: Temporal.Instant.compare(event.at, begun) < 0 ? begun : event.at,
        endInferred: event.inferred,
        captureState: 'not-recorded',
        marks: event.inferred ? withMark(session.facts.marks, 'end-inferred') : session.facts.marks,
      }
      const ended = { ...session, facts }
      const noted: SessionEffect[] = [{ do: 'note', facts }, ...othersEnded(session.others, event.at)]
      if (!facts.recording || isSettled(facts.recording)) return [{ phase: 'over' }, [...noted, { do: 'close' }]]
      if (session.stopped) {
        const stop: SessionEffect = { do: 'stop', destroys: session.stopped === 'destroys' }
        return [{ phase: 'ending', session: ended }, [...noted, stop]]
      }
      return [{ phase: 'ending', session: ended }, [...noted, { do: 'finish' }]]
    }
    case 'joined': {
      const { stream, track } = event
      if (!stream) return [state, []]
      const joined = [...othersThan(stream.index, session), stream]
      const tracks = track ? { ...session.tracks, [stream.index]: track } : session.tracks
      return [{ phase: 'live', session: { ...session, joined, tracks } }, track ? [{ do: 'map', tracks }] : []]
    }
    case 'left':
      return [{ phase: 'live', session: { ...session, joined: othersThan(event.index, session) } }, []]
    case 'shared': {
      const next = { ...session, shared: event.on }
      const { facts, effects } = turnQuiet(session, next)
      if (facts !== session.facts) effects.push({ do: 'note', facts })
      return [{ phase: 'live', session: { ...next, facts } }, effects]
    }
    case 'moved':
      return moved(session, event.to)
    case 'forbidden':
      return forbidden(state, event)
    case 'gone':
    case 'stored':
    case 'removal-failed':
    case 'store-failed': {
      const facts = settled(session.facts, event)
      return [{ phase: 'live', session: { ...session, facts } }, [{ do: 'note', facts }]]
    }
    default:
      return [state, []]
  }
}

/** Told again until nothing of the recording is left here: a disk may have refused the first time. */
function forbidden(
  state: SessionState & { phase: 'live' },
  { at, destroys }: SessionEvent & { type: 'forbidden' },
): [SessionState, SessionEffect[]] {
  const { session } = state
  const { recording } = session.facts
  if (!recording || isSettled(recording)) return [state, []]
  const { captureFailure: _before, ...rest } = session.facts
  const facts: SegmentFacts = {
    ...rest,
    captureState: 'not-recorded',
    recording: { ...recording, endedAt: recording.endedAt ?? at },
  }
  return [
    { phase: 'live', session: { ...session, facts, stopped: destroys ? 'destroys' : 'stores' } },
    [{ do: 'stop', destroys }],
  ]
}

function reoffered(session: SessionFacts, offer: Reoffer): [SessionState, SessionEffect[]] {
  const effects: SessionEffect[] = []
  const streams = offer.hasSdp ? offer.streams : session.streams
  const tracks = { ...session.tracks, ...offer.tracks }
  const { official } = session.facts
  let facts: SegmentFacts = {
    ...session.facts,
    ...(official ? {} : offer.facts.official && { official: offer.facts.official }),
    ...(isLater(offer.facts.answeredAt, session.facts.answeredAt) && { answeredAt: offer.facts.answeredAt }),
    marks: offer.facts.marks.reduce(withMark, session.facts.marks),
  }
  if (facts.recording || session.listens) {
    const known = new Set(accepted(session.streams).map(({ index }) => index))
    const added = accepted(streams).filter(({ index }) => !known.has(index))
    const left = new Set(accepted(streams).map(({ index }) => index))
    const gone = [...known].filter((index) => !left.has(index))
    // A closed media line may be opened again later, on a port of its own (RFC 3264 sections 8.1 and 8.2).
    if (gone.length > 0) effects.push({ do: 'close-streams', indexes: gone })
    if (added.length > 0) effects.push({ do: 'open-streams', streams: added })
    for (const stream of accepted(streams)) if (known.has(stream.index)) effects.push({ do: 'retarget', stream })
  }
  if (facts.recording) {
    if (JSON.stringify(tracks) !== JSON.stringify(session.tracks)) effects.push({ do: 'map', tracks })
    const quiet = turnQuiet(session, { ...session, facts, streams, ...withholdingOf(offer) })
    facts = quiet.facts
    effects.push(...quiet.effects)
  }
  const { others, effects: noted } = notesOfOthers(facts, session.others ?? [], offer.others)
  const next: SessionFacts = {
    ...session,
    facts,
    streams,
    tracks,
    ...(offer.metadata && { metadata: offer.metadata }),
    ...withholdingOf(offer),
    others,
    answerVersion: session.answerVersion + (offer.hasSdp && !offer.inAck ? 1 : 0),
  }
  if (JSON.stringify(facts) !== JSON.stringify(session.facts)) effects.push({ do: 'note', facts })
  effects.push(...noted)
  return [{ phase: 'live', session: next }, offer.inAck ? effects : [...effects, answer(next, offer.hasSdp)]]
}

/** A call that was being recorded before it was answered (early media) was answered when that is told (R16). */
function isLater(told: Temporal.Instant | undefined, known: Temporal.Instant | undefined): boolean {
  return told !== undefined && (known === undefined || Temporal.Instant.compare(told, known) > 0)
}

function ending(state: SessionState & { phase: 'ending' }, event: SessionEvent): [SessionState, SessionEffect[]] {
  const { facts } = state.session
  if (event.type === 'stored' && facts.recording) {
    const recording = { ...facts.recording, endedAt: facts.recording.endedAt ?? facts.endedAt, stored: event.stored }
    const marks = marksOfStored(facts, event)
    const note: SessionEffect = { do: 'note', facts: { ...facts, marks, recording } }
    // Stored apart from its call's end, it has its ports still.
    return [{ phase: 'over' }, state.session.stopped ? [note, { do: 'close' }] : [note]]
  }
  if (event.type === 'gone') return [{ phase: 'over' }, [{ do: 'note', facts: settled(facts, event) }, { do: 'close' }]]
  if (event.type === 'store-failed' || event.type === 'removal-failed') return [{ phase: 'over' }, []]
  return [state, event.type === 'reoffered' ? [tooLate] : []]
}

function answer(session: SessionFacts, withSdp: boolean): SessionEffect {
  return {
    do: 'answer',
    mode: session.facts.recording || session.listens ? 'record' : 'historyOnly',
    version: session.answerVersion,
    streams: session.streams,
    withSdp,
  }
}

function othersThan(index: number, { joined = [] }: SessionFacts): StreamPlan[] {
  return joined.filter((stream) => stream.index !== index)
}
