/**
 * One recording session as a pure state machine: (state, event) -> [state, effects]. run-session.ts executes the effects with
 * sockets, files and clocks.
 */
import { lacksVoice, type StreamPlan } from '../../siprec/answer-offer.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { isOnHold } from '../../siprec/active-participants.ts'
import { accepted, allInactive } from '../media/accepted-streams.ts'
import { otherOfficialsEffects, endOtherOfficials } from '../duplicates/other-officials.ts'
import { isUnknownCaller } from './describe-segment.ts'
import type {
  Offer,
  PartyFacts,
  Reoffer,
  SessionEffect,
  SessionEvent,
  SessionFacts,
  SessionState,
} from './session-types.ts'
import type { Track } from '#register/recordings/recording-log.ts'
import { isSettled, marksOfStored, withRecordingOutcome, withMark } from './recording-outcome.ts'
import { holdMark, continueInSession, updatePause, withholdingReason, withholdingOf } from './withholding.ts'

const retryAfterSeconds = 5

/** Answer to a request that arrives after the end of its session. */
const sessionEndedRefusal: SessionEffect = { do: 'refuse', status: 481, reason: 'Session Has Ended' }

/** Applies an event. Events that are invalid in the present state have no effect. */
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
      return [state, event.type === 'reoffered' ? [sessionEndedRefusal] : []]
  }
}

function begin(offer: Offer): [SessionState, SessionEffect[]] {
  const { streams, metadata } = offer
  const facts = offer.shared ? markDoubtfulConference(offer.facts) : offer.facts
  const before = offer.previousState
  const tracks = { ...before?.tracks, ...offer.tracks }
  const answerVersion = before ? before.answerVersion + (offer.hasSdp ? 1 : 0) : 1
  const joined = before?.joined ?? []
  const session: SessionFacts = {
    ...{ facts, streams, tracks, answerVersion },
    ...(before?.isSilenced && { isSilenced: true }),
    ...(metadata && { metadata }),
    ...(joined.length > 0 && { joined }),
    ...(offer.withholds && { withholds: offer.withholds }),
    ...(offer.shared && { shared: true }),
  }
  const { others, effects: recorded } = otherOfficialsEffects(facts, [], offer.others)
  if (others.length > 0) session.others = others
  const { recording } = facts
  if (recording) {
    const known: SegmentFacts =
      allInactive(streams) || withholdingReason(session) ? { ...facts, captureState: 'paused' } : facts
    const open: SessionEffect = { do: 'open', recording, streams: [...accepted(streams), ...joined], facts: known }
    const describesMedia = offer.answerHasSdp ?? offer.hasSdp
    const isSilenced = session.isSilenced === true && !describesMedia
    return [{ phase: 'opening', session: { ...session, facts: known, isSilenced } }, [open, ...recorded]]
  }
  const listens = offer.mayBeDecidedAnew === true && !before
  const describesMedia = !before || (offer.answerHasSdp ?? offer.hasSdp)
  const isSilenced = describesMedia ? !listens : session.isSilenced === true
  const waiting: SessionFacts = { ...session, ...(listens && { listens }), isSilenced }
  const effects: SessionEffect[] = [{ do: 'store-facts', facts }, ...recorded, answer(waiting, true)]
  if (before) effects.unshift({ do: 'take-over' })
  if (listens) effects.unshift({ do: 'listen', streams: accepted(streams) })
  return [{ phase: 'live', session: waiting }, effects]
}

function opening(state: SessionState & { phase: 'opening' }, event: SessionEvent): [SessionState, SessionEffect[]] {
  const { session } = state
  const { completes } = state
  if (event.type === 'opened') {
    const reason = withholdingReason(session)
    const effects = !completes
      ? [answer(session, true)]
      : completes.request
        ? [answer(session, completes.request.answerHasSdp)]
        : []
    const [sending, offered] = requestMedia(session)
    return [
      { phase: 'live', session: sending },
      [
        { do: 'map', tracks: session.tracks },
        ...(reason ? [{ do: 'withhold', on: true } as const] : []),
        ...(reason || allInactive(session.streams) || isOnHold(session.metadata) ? [holdMark(reason)] : []),
        { do: 'store-facts', facts: session.facts },
        ...effects,
        ...offered,
      ],
    ]
  }
  if (event.type === 'open-failed') {
    if (event.why === 'no-port' && !completes) {
      // Refuses, so that the client uses another recorder or retries, instead of recording only a part of the call.
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
    const effects = !completes
      ? [answer(failing, true)]
      : completes.request
        ? [answer(failing, completes.request.answerHasSdp)]
        : []
    return [
      { phase: 'live', session: failing },
      [{ do: 'close' }, { do: 'store-facts', facts: failing.facts }, ...effects],
    ]
  }
  if (event.type === 'shared') {
    const facts = event.on ? markDoubtfulConference(session.facts) : session.facts
    return [{ ...state, session: { ...session, facts, shared: event.on } }, []]
  }
  if (event.type === 'caller-reported') return [{ ...state, session: withCaller(session, event.caller) }, []]
  if (event.type === 'caller-settled') return [{ ...state, session: withSettledCaller(session, event) }, []]
  if (event.type === 'marked') {
    const facts = { ...session.facts, marks: withMark(session.facts.marks, event.mark) }
    return [{ ...state, session: { ...session, facts } }, []]
  }
  // The client gave up before our answer, so no call is stored.
  if (event.type === 'ended') {
    const { answeredAt, startedAt } = session.facts
    return [{ phase: 'over' }, [...endOtherOfficials(session.others, answeredAt ?? startedAt), { do: 'close' }]]
  }
  return [state, []]
}

function live(state: SessionState & { phase: 'live' }, event: SessionEvent): [SessionState, SessionEffect[]] {
  const { session } = state
  switch (event.type) {
    case 'reoffered':
      return reoffered(session, event.offer)
    case 'completed':
      return completed(session, event)
    case 'not-listening':
      return [{ phase: 'live', session: { ...session, listens: false, isSilenced: true } }, []]
    case 'offer-refused':
      return offerRefused(session)
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
      return [{ phase: 'live', session: { ...session, facts } }, [{ do: 'store-facts', facts }]]
    }
    case 'ended': {
      const beganAt = session.facts.answeredAt ?? session.facts.startedAt
      const facts: SegmentFacts = {
        ...session.facts,
        // Not before the beginning: our clock may have been set back, or the client's may be ahead.
        endedAt: Temporal.Instant.compare(event.at, beganAt) < 0 ? beganAt : event.at,
        endInferred: event.inferred,
        captureState: 'not-recorded',
        marks: event.inferred ? withMark(session.facts.marks, 'end-inferred') : session.facts.marks,
      }
      const ended = { ...session, facts }
      const recorded: SessionEffect[] = [{ do: 'store-facts', facts }, ...endOtherOfficials(session.others, event.at)]
      if (!facts.recording || isSettled(facts.recording)) return [{ phase: 'over' }, [...recorded, { do: 'close' }]]
      if (session.stopped) {
        const stop: SessionEffect = { do: 'stop', destroys: session.stopped === 'destroys' }
        return [{ phase: 'ending', session: ended }, [...recorded, stop]]
      }
      return [{ phase: 'ending', session: ended }, [...recorded, { do: 'finish' }]]
    }
    case 'joined': {
      const { stream, track } = event
      if (!stream) return [state, []]
      if (!stream.accepted) return withoutDirection(session, stream.index)
      const joined = [...joinedExcept(stream.index, session), stream]
      const tracks = track ? { ...session.tracks, [stream.index]: track } : session.tracks
      return [{ phase: 'live', session: { ...session, joined, tracks } }, track ? [{ do: 'map', tracks }] : []]
    }
    case 'left':
      return [{ phase: 'live', session: { ...session, joined: joinedExcept(event.index, session) } }, []]
    case 'caller-reported': {
      const next = withCaller(session, event.caller)
      return [{ phase: 'live', session: next }, [{ do: 'store-facts', facts: next.facts }]]
    }
    case 'caller-settled': {
      const next = withSettledCaller(session, event)
      return [{ phase: 'live', session: next }, [{ do: 'store-facts', facts: next.facts }]]
    }
    case 'shared': {
      const next = {
        ...session,
        shared: event.on,
        facts: event.on ? markDoubtfulConference(session.facts) : session.facts,
      }
      const { facts, effects } = updatePause(session, next)
      if (facts !== session.facts) effects.push({ do: 'store-facts', facts })
      return [{ phase: 'live', session: { ...next, facts } }, effects]
    }
    case 'moved':
      return continueInSession(session, event)
    case 'marked': {
      if (session.facts.marks.includes(event.mark)) return [state, []]
      const facts = { ...session.facts, marks: withMark(session.facts.marks, event.mark) }
      return [{ phase: 'live', session: { ...session, facts } }, [{ do: 'store-facts', facts }]]
    }
    case 'forbidden':
      return forbidden(state, event)
    case 'outside': {
      const segmentIds = [session.facts, ...(session.others ?? [])].map(({ segmentId }) => segmentId)
      return [{ phase: 'over' }, [{ do: 'withdraw', segmentIds }, { do: 'close' }]]
    }
    case 'gone':
    case 'stored':
    case 'removal-failed':
    case 'store-failed': {
      const facts = withRecordingOutcome(session.facts, event)
      return [{ phase: 'live', session: { ...session, facts } }, [{ do: 'store-facts', facts }]]
    }
    default:
      return [state, []]
  }
}

/** Handles `forbidden`, which is dispatched again until the recording is stored or destroyed, because disk operations may fail. */
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
  let facts: SegmentFacts = {
    ...withParties(session, offer.facts),
    ...(isLater(offer.facts.answeredAt, session.facts.answeredAt) && { answeredAt: offer.facts.answeredAt }),
  }
  const changes = swapsVoices(session.tracks, tracks) && facts.caller === session.facts.caller
  if (facts.decision.record && (lacksVoice(streams) || changes))
    facts = { ...facts, marks: withMark(facts.marks, 'needs-review') }
  if (facts.recording || session.listens) {
    const known = new Set(accepted(session.streams).map(({ index }) => index))
    const added = accepted(streams).filter(({ index }) => !known.has(index))
    const left = new Set(accepted(streams).map(({ index }) => index))
    const removed = [...known].filter((index) => !left.has(index))
    // A closed media line may be reopened later with another port (RFC 3264 sections 8.1 and 8.2).
    if (removed.length > 0) effects.push({ do: 'close-streams', indexes: removed })
    if (added.length > 0) effects.push({ do: 'open-streams', streams: added })
    for (const stream of accepted(streams)) if (known.has(stream.index)) effects.push({ do: 'retarget', stream })
  }
  if (facts.recording) {
    if (JSON.stringify(tracks) !== JSON.stringify(session.tracks)) effects.push({ do: 'map', tracks })
    const { metadata = session.metadata } = offer
    const after = { ...session, facts, streams, ...(metadata && { metadata }), ...withholdingOf(offer) }
    const quiet = updatePause(session, after)
    facts = quiet.facts
    effects.push(...quiet.effects)
  }
  const { others, effects: recorded } = otherOfficialsEffects(facts, session.others ?? [], offer.others)
  const describesMedia = offer.answerHasSdp ?? offer.hasSdp
  const next: SessionFacts = {
    ...session,
    facts,
    streams,
    tracks,
    isSilenced: describesMedia && !offer.inAck ? !(facts.recording || session.listens) : session.isSilenced === true,
    ...(offer.metadata && { metadata: offer.metadata }),
    ...withholdingOf(offer),
    others,
    answerVersion: session.answerVersion + (offer.hasSdp && !offer.inAck ? 1 : 0),
  }
  if (JSON.stringify(facts) !== JSON.stringify(session.facts)) effects.push({ do: 'store-facts', facts })
  effects.push(...recorded)
  return [{ phase: 'live', session: next }, offer.inAck ? effects : [...effects, answer(next, describesMedia)]]
}

/**
 * Completes a segment whose decision was pending, and records it if the plan decides so. The segment's streams may already be
 * open. A client whose media our answer has stopped is asked to send again.
 */
function completed(
  session: SessionFacts,
  { completion, offer, caller, listens = false }: SessionEvent & { type: 'completed' },
): [SessionState, SessionEffect[]] {
  const [state, effects] = offer ? reoffered(session, offer) : [{ phase: 'live', session } as SessionState, []]
  if (state.phase !== 'live' || session.facts.recording) return [state, effects]
  const { session: current } = state
  const { recording } = completion
  const completedFacts = withParties(current, { ...(caller && { caller }), marks: [] })
  const facts: SegmentFacts = {
    ...completedFacts,
    ...completion,
    official: completion.official ?? completedFacts.official,
    answeredAt: completion.answeredAt ?? completedFacts.answeredAt,
    marks: (offer?.facts.marks ?? []).reduce(withMark, completion.marks),
  }
  const next: SessionFacts = { ...current, facts, listens: recording ? false : listens && current.listens === true }
  // Stores the facts and answers the request only once, with the final state.
  const others = effects.filter((effect) => effect.do !== 'answer' && effect.do !== 'store-facts')
  const answerHasSdp = offer ? (offer.answerHasSdp ?? offer.hasSdp) : false
  if (!recording) {
    const silenced = answerHasSdp ? { ...next, isSilenced: !next.listens } : next
    const effects = offer ? [answer(silenced, answerHasSdp)] : []
    return [{ phase: 'live', session: silenced }, [...others, { do: 'store-facts', facts }, ...effects]]
  }
  const isQuiet = allInactive(next.streams) || withholdingReason(next) !== undefined
  const opened: SessionFacts = {
    ...next,
    facts: isQuiet ? { ...facts, captureState: 'paused' } : facts,
    isSilenced: next.isSilenced === true && !answerHasSdp,
  }
  const { joined = [] } = opened
  return [
    { phase: 'opening', session: opened, completes: offer ? { request: { answerHasSdp } } : {} },
    [...others, { do: 'open', recording, streams: [...accepted(opened.streams), ...joined], facts: opened.facts }],
  ]
}

/**
 * Returns the facts of a session that is paused because of another session of its call. If the caller has no number, the two
 * may be calls of two callers whose telephones chose the same call id, so the session is marked for review.
 */
function markDoubtfulConference(facts: SegmentFacts): SegmentFacts {
  if (!facts.recording || facts.caller.key !== null) return facts
  return { ...facts, marks: withMark(facts.marks, 'needs-review') }
}

/** Returns true if a stream changes between the caller's and the official's voice. */
function swapsVoices(before: SessionFacts['tracks'], now: SessionFacts['tracks']): boolean {
  const isVoice = (track: Track | undefined) => track === 'caller' || track === 'official'
  return Object.keys(before).some((key) => {
    const [was, is] = [before[Number(key)], now[Number(key)]]
    return was !== is && isVoice(was) && isVoice(is)
  })
}

/** Sends a re-INVITE to a client whose media our answer has stopped, so that the client sends again (RFC 3261 section 14.1). */
function requestMedia(session: SessionFacts): [SessionFacts, SessionEffect[]] {
  if (!session.isSilenced || allInactive(session.streams)) return [session, []]
  const answerVersion = session.answerVersion + 1
  const { streams } = session
  return [{ ...session, answerVersion, isSilenced: false }, [{ do: 'offer', version: answerVersion, streams }]]
}

/** Pauses the session: the client has refused our offer, so no packets are expected until it sends an offer itself. */
function offerRefused(session: SessionFacts): [SessionState, SessionEffect[]] {
  if (!session.facts.recording) return [{ phase: 'live', session }, []]
  const streams = session.streams.map((stream) => ({ ...stream, direction: 'inactive' as const, paused: true }))
  const marked = { ...session.facts, marks: withMark(session.facts.marks, 'needs-review') }
  const next: SessionFacts = { ...session, streams, facts: marked, isSilenced: true }
  const { facts, effects } = updatePause(session, next)
  return [{ phase: 'live', session: { ...next, facts } }, [...effects, { do: 'store-facts', facts }]]
}

/**
 * Returns the facts with the reported caller and official, as far as they were unknown. If the caller was unknown, the mark
 * `needs-review` is replaced by the marks of the request that reports the caller.
 */
function withParties({ facts }: SessionFacts, reported: PartyFacts): SegmentFacts {
  const { official } = facts
  const isNamed = official?.personId === undefined && reported.official?.phone === official?.phone
  const caller = (facts.callerIsGuess || isUnknownCaller(facts.caller)) && reported.caller
  const isSame = caller && caller.kind === facts.caller.kind && caller.key === facts.caller.key
  const marks = caller ? facts.marks.filter((mark) => mark !== 'needs-review') : facts.marks
  return {
    ...facts,
    ...(caller && !isSame && { caller }),
    ...(caller && { awaitsCaller: undefined, callerIsGuess: undefined, ...reported.contact }),
    ...(caller && facts.callerIsGuess && { callerWasGuess: true as const }),
    ...((!official || isNamed) && reported.official && { official: reported.official }),
    marks: reported.marks.reduce(withMark, marks),
  }
}

/** Returns the session with a caller reported by another session of the call. For review: the two share only a call id. */
function withCaller(session: SessionFacts, caller: SegmentFacts['caller']): SessionFacts {
  return { ...session, facts: withParties(session, { caller, marks: ['needs-review'] }) }
}

/** Returns the session with this caller, whatever its own client reports. */
function withSettledCaller(
  session: SessionFacts,
  { caller, otherCaller }: SessionEvent & { type: 'caller-settled' },
): SessionFacts {
  return { ...session, facts: { ...session.facts, caller, otherCaller, callerIsGuess: undefined } }
}

/** Returns true if a reported answer time is later than the known one, as for a call recorded before its answer (early media, R16). */
function isLater(reported: Temporal.Instant | undefined, known: Temporal.Instant | undefined): boolean {
  return reported !== undefined && (known === undefined || Temporal.Instant.compare(reported, known) > 0)
}

function ending(state: SessionState & { phase: 'ending' }, event: SessionEvent): [SessionState, SessionEffect[]] {
  const { facts } = state.session
  if (event.type === 'stored' && facts.recording) {
    const recording = { ...facts.recording, endedAt: facts.recording.endedAt ?? facts.endedAt, stored: event.stored }
    const marks = marksOfStored(facts, event)
    const stored: SessionEffect = { do: 'store-facts', facts: { ...facts, marks, recording } }
    // A recording that was stopped and stored before the end of its call still has open ports.
    return [{ phase: 'over' }, state.session.stopped ? [stored, { do: 'close' }] : [stored]]
  }
  if (event.type === 'gone')
    return [{ phase: 'over' }, [{ do: 'store-facts', facts: withRecordingOutcome(facts, event) }, { do: 'close' }]]
  if (event.type === 'store-failed' || event.type === 'removal-failed') return [{ phase: 'over' }, []]
  return [state, event.type === 'reoffered' ? [sessionEndedRefusal] : []]
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

/** Continues without the stream of the call's other direction, whose media cannot be received. */
function withoutDirection(session: SessionFacts, index: number): [SessionState, SessionEffect[]] {
  const next = { ...session, joined: joinedExcept(index, session) }
  if (!session.facts.recording) return [{ phase: 'live', session: next }, []]
  const facts = { ...session.facts, marks: withMark(session.facts.marks, 'needs-review') }
  return [{ phase: 'live', session: { ...next, facts } }, [{ do: 'store-facts', facts }]]
}

function joinedExcept(index: number, { joined = [] }: SessionFacts): StreamPlan[] {
  return joined.filter((stream) => stream.index !== index)
}
