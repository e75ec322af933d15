import { describe, expect, test } from 'vitest'
import { callFacts, phone, recordingFacts } from '#test/database/people.ts'
import { defaultLimits } from '../recorder-options.ts'
import type { RunningSession } from '../run-session.ts'
import type { StreamPlan } from '../../siprec/answer-offer.ts'
import { checkSession } from './check-session.ts'
import type { Offer, SessionEffect, SessionEvent, SessionState } from './session-types.ts'
import { step } from './session.ts'

function stream(index: number, changed: Partial<StreamPlan> = {}): StreamPlan {
  return {
    index,
    accepted: true,
    direction: 'recvonly',
    paused: false,
    codecs: [{ payloadType: 8, encoding: 'PCMA', clockRate: 8000, channels: 1 }],
    storage: 'playable',
    remote: { address: '127.0.0.1', port: 4000 + 2 * index, basis: 'sdp' } as unknown as StreamPlan['remote'],
    ...changed,
  }
}

function offer(options: { recorded: boolean }): Offer {
  const { endedAt: _none, recording: _no, ...facts } = callFacts()
  const { stored: _stored, endedAt: _ended, ...recording } = recordingFacts()
  return {
    facts: {
      ...facts,
      captureState: options.recorded ? 'recording' : 'not-recorded',
      ...(options.recorded && { recording }),
    },
    streams: [stream(0), stream(1)],
    tracks: { 0: 'caller', 1: 'official' },
    hasSdp: true,
  }
}

/** Runs events from no state. Returns the final state and the effects of the last event. */
function run(...events: SessionEvent[]): { state: SessionState; effects: SessionEffect[] } {
  let state: SessionState | undefined
  let effects: SessionEffect[] = []
  for (const event of events) [state, effects] = step(state, event)
  if (!state) throw new Error('no event')
  return { state, effects }
}

const kinds = (effects: SessionEffect[]) => effects.map((effect) => effect.do)
/** Later than every start here. */
const at = Temporal.Now.instant().add({ hours: 1 })

describe('a session', () => {
  test('that is to be recorded opens its recording before it is answered', () => {
    const first = run({ type: 'offered', offer: offer({ recorded: true }) })
    expect(kinds(first.effects)).toEqual(['open'])
    const opened = run({ type: 'offered', offer: offer({ recorded: true }) }, { type: 'opened' })
    expect(kinds(opened.effects)).toEqual(['map', 'store-facts', 'answer'])
    expect(opened.effects.at(-1)).toMatchObject({ mode: 'record', version: 1, withSdp: true })
  })

  test('reports, once its recording is open, the same facts that were made durable while it was opened', () => {
    const held = { ...offer({ recorded: true }), streams: [stream(0, { direction: 'inactive', paused: true })] }
    for (const offered of [offer({ recorded: true }), held]) {
      const [opening, [open]] = step(undefined, { type: 'offered', offer: offered })
      const [, effects] = step(opening, { type: 'opened' })
      const stored = effects.find((effect) => effect.do === 'store-facts')
      expect(stored?.facts).toBe(open?.do === 'open' && open.facts)
    }
  })

  test('of a history-only call is entered, then answered, and opens nothing', () => {
    const { state, effects } = run({ type: 'offered', offer: offer({ recorded: false }) })
    expect(kinds(effects)).toEqual(['store-facts', 'answer'])
    expect(effects.at(-1)).toMatchObject({ mode: 'historyOnly' })
    expect(state.phase).toBe('live')
  })

  test('without a media port is refused with 503 and Retry-After, and leaves nothing open', () => {
    const { state, effects } = run(
      { type: 'offered', offer: offer({ recorded: true }) },
      { type: 'open-failed', why: 'no-port' },
    )
    expect(effects).toEqual([
      { do: 'close' },
      { do: 'refuse', status: 503, reason: 'No Media Port Left', retryAfterSeconds: 5 },
    ])
    expect(state.phase).toBe('over')
  })

  test.each([
    ['disk', 'disk-full'],
    ['no-intake-key', 'no-intake-key'],
  ] as const)('that cannot be recorded because of %s stays in the history with the reason', (why, failure) => {
    const { effects } = run({ type: 'offered', offer: offer({ recorded: true }) }, { type: 'open-failed', why })
    expect(kinds(effects)).toEqual(['close', 'store-facts', 'answer'])
    expect(effects[1]).toMatchObject({ facts: { captureState: 'failing', captureFailure: failure } })
    expect(effects[1]).not.toHaveProperty('facts.recording')
    expect(effects[2]).toMatchObject({ mode: 'historyOnly' })
  })

  test('abandoned before its answer leaves nothing', () => {
    const { state, effects } = run(
      { type: 'offered', offer: offer({ recorded: true }) },
      { type: 'ended', at, inferred: false },
    )
    expect(kinds(effects)).toEqual(['close'])
    expect(state.phase).toBe('over')
  })

  test('that begins inactive is on hold, and not missing its media', () => {
    const quiet = { ...offer({ recorded: true }), streams: [stream(0, { direction: 'inactive', paused: true })] }
    const { effects } = run({ type: 'offered', offer: quiet }, { type: 'opened' })
    expect(effects).toMatchObject([
      { do: 'map' },
      { do: 'mark', kind: 'hold' },
      { do: 'store-facts', facts: { captureState: 'paused' } },
      { do: 'answer' },
    ])
  })

  test('on hold is marked once, and once more when it resumes', () => {
    const held = {
      streams: [stream(0, { paused: true }), stream(1, { paused: true })],
      tracks: {},
      hasSdp: true,
      facts: { marks: [] },
    }
    const begin: SessionEvent[] = [{ type: 'offered', offer: offer({ recorded: true }) }, { type: 'opened' }]
    const hold = run(...begin, { type: 'reoffered', offer: held })
    expect(kinds(hold.effects)).toEqual(['retarget', 'retarget', 'mark', 'store-facts', 'answer'])
    expect(hold.effects[2]).toMatchObject({ kind: 'hold' })
    expect(hold.effects[3]).toMatchObject({ facts: { captureState: 'paused' } })
    const again = run(...begin, { type: 'reoffered', offer: held }, { type: 'reoffered', offer: held })
    expect(kinds(again.effects)).toEqual(['retarget', 'retarget', 'answer'])
    const resumed = run(
      ...begin,
      { type: 'reoffered', offer: held },
      {
        type: 'reoffered',
        offer: { ...held, streams: [stream(0), stream(1)] },
      },
    )
    expect(resumed.effects[2]).toMatchObject({ do: 'mark', kind: 'resume' })
    expect(resumed.effects.at(-1)).toMatchObject({ version: 3 })
  })

  test('on hold by its metadata alone is marked and continues recording; a hold in the SDP in addition pauses it', () => {
    const linked = (voices: string[]) => ({
      ...({ dataMode: 'complete', sessions: [], participants: [], streams: [], groups: [] } as const),
      ...{ sessionLinks: [], vendor: {} },
      streamLinks: ['caller', 'official'].map((participantId) => ({
        ...{ participantId, streamId: participantId, direction: 'send' as const },
        ...(!voices.includes(participantId) && { former: true as const }),
      })),
    })
    const [talking, waiting] = [linked(['caller', 'official']), linked([])]
    const begin: SessionEvent[] = [
      { type: 'offered', offer: { ...offer({ recorded: true }), metadata: talking } },
      { type: 'opened' },
    ]
    const reports = (metadata: typeof talking, paused?: boolean): SessionEvent => ({
      type: 'reoffered',
      offer: {
        ...{ metadata, tracks: {}, facts: { marks: [] }, hasSdp: paused !== undefined },
        streams: [stream(0, { paused: paused === true }), stream(1, { paused: paused === true })],
      },
    })
    const marksAndFacts = (...events: SessionEvent[]) =>
      run(...begin, ...events).effects.filter(({ do: kind }) => kind === 'mark' || kind === 'store-facts')
    const { state } = run(...begin, reports(waiting))
    const silent = { hasReceived: true, hasReceivedAny: () => true, silentMs: () => 2 * defaultLimits.silenceEndsMs }
    const check = (state: SessionState, ageMs = 0) =>
      checkSession({ state, media: silent } as unknown as RunningSession, ageMs, defaultLimits, {
        ...{ isScarce: false, isAcknowledged: true },
      })
    expect(check(state), 'a hold may be silent').toEqual({ is: 'well' })
    const ends = { is: 'end', silentMs: silent.silentMs() }
    expect(check(run(...begin).state)).toEqual(ends)
    expect(check(state, defaultLimits.longestCallMs + 1), 'the longest call ends with its last packet').toEqual(ends)
    expect(marksAndFacts(reports(waiting))).toEqual([{ do: 'mark', kind: 'hold' }])
    expect(marksAndFacts(reports(waiting), reports(waiting))).toEqual([])
    expect(marksAndFacts(reports(waiting), reports(talking))).toEqual([{ do: 'mark', kind: 'resume' }])
    expect(marksAndFacts(reports(waiting), reports(waiting, true))).toMatchObject([
      { do: 'store-facts', facts: { captureState: 'paused' } },
    ])
    expect(marksAndFacts(reports(waiting, true), reports(waiting, false))).toMatchObject([
      { do: 'store-facts', facts: { captureState: 'recording' } },
    ])
    expect(marksAndFacts(reports(waiting, true), reports(talking, false))).toMatchObject([
      { do: 'mark', kind: 'resume' },
      { do: 'store-facts', facts: { captureState: 'recording' } },
    ])
  })

  test('gets its official from a later request, and keeps this official', () => {
    const begin = offer({ recorded: false })
    const official = { name: 'Aino Virtanen', phone: phone('029 512 1001') }
    const reported: SessionEvent = {
      type: 'reoffered',
      offer: { streams: [], tracks: {}, hasSdp: false, facts: { official, marks: [] } },
    }
    const afterFirst = run({ type: 'offered', offer: begin }, reported)
    expect(afterFirst.effects).toMatchObject([
      { do: 'store-facts', facts: { official } },
      { do: 'answer', withSdp: false, version: 1 },
    ])
    const other = { name: 'Somebody Else', phone: phone('029 512 1002') }
    const afterOther = run({ type: 'offered', offer: begin }, reported, {
      type: 'reoffered',
      offer: { streams: [], tracks: {}, hasSdp: false, facts: { official: other, marks: [] } },
    })
    expect(afterOther.state).toMatchObject({ session: { facts: { official } } })
  })

  test('takes a later answer time from a later request, and ignores an earlier one', () => {
    const begin = offer({ recorded: true })
    const answeredAt = (begin.facts.answeredAt ?? begin.facts.startedAt).add({ minutes: 1 })
    const reported = (instant: Temporal.Instant): SessionEvent => ({
      type: 'reoffered',
      offer: { streams: [], tracks: {}, hasSdp: false, facts: { answeredAt: instant, marks: [] } },
    })
    const opened: SessionEvent[] = [{ type: 'offered', offer: begin }, { type: 'opened' }]
    const late = run(...opened, reported(answeredAt))
    expect(late.effects.slice(-2)).toMatchObject([{ do: 'store-facts', facts: { answeredAt } }, { do: 'answer' }])
    expect(kinds(run(...opened, reported(begin.facts.startedAt.subtract({ hours: 1 }))).effects)).not.toContain(
      'store-facts',
    )
  })

  test('keeps nothing while the official consults a colleague and the caller waits, and continues afterwards', () => {
    const consultation = (consults: boolean): SessionEvent => ({
      type: 'reoffered',
      offer: {
        ...{ streams: [], tracks: {}, hasSdp: false, facts: { marks: [] } },
        withholds: consults ? 'consultation' : 'nothing',
      },
    })
    const opened: SessionEvent[] = [{ type: 'offered', offer: offer({ recorded: true }) }, { type: 'opened' }]
    const paused = run(...opened, consultation(true))
    expect(kinds(paused.effects)).toEqual(['retarget', 'retarget', 'withhold', 'mark', 'store-facts', 'answer'])
    expect(paused.effects[4]).toMatchObject({ facts: { captureState: 'paused' } })
    expect(run(...opened, consultation(true), consultation(false)).effects).toMatchObject([
      { do: 'retarget' },
      { do: 'retarget' },
      { do: 'withhold', on: false },
      { do: 'mark', kind: 'resume' },
      { do: 'store-facts', facts: { captureState: 'recording' } },
      { do: 'answer' },
    ])
  })

  test('of a transferred call that is not recorded keeps the ports without recording, and continues the versions of its answers', () => {
    const { effects } = run({
      type: 'offered',
      offer: { ...offer({ recorded: false }), previousState: { answerVersion: 3, tracks: {} } },
    })
    expect(kinds(effects)).toEqual(['take-over', 'store-facts', 'answer'])
    expect(effects[2]).toMatchObject({ mode: 'historyOnly', version: 4 })
  })

  test('opens a port for an added stream, and reports its channel', () => {
    const { effects } = run(
      { type: 'offered', offer: offer({ recorded: true }) },
      { type: 'opened' },
      {
        type: 'reoffered',
        offer: {
          streams: [stream(0), stream(1), stream(2)],
          tracks: { 2: 'mixed' },
          hasSdp: true,
          facts: { marks: [] },
        },
      },
    )
    expect(effects[0]).toMatchObject({ do: 'open-streams', streams: [{ index: 2 }] })
    expect(effects).toContainEqual({ do: 'map', tracks: { 0: 'caller', 1: 'official', 2: 'mixed' } })
  })

  test('ends with its end signal, is finished, and reports what is stored, or that no media arrived', () => {
    const begin: SessionEvent[] = [
      { type: 'offered', offer: offer({ recorded: true }) },
      { type: 'opened' },
      { type: 'ended', at, inferred: false },
    ]
    const ended = run(...begin)
    expect(ended.effects).toMatchObject([
      { do: 'store-facts', facts: { endedAt: at, endInferred: false } },
      { do: 'finish' },
    ])
    const stored = { sizeBytes: 1, incomplete: false, packetsReceived: 2, packetsLost: 0 }
    const finished = run(...begin, { type: 'stored', stored })
    expect(finished.effects).toMatchObject([{ do: 'store-facts', facts: { recording: { endedAt: at, stored } } }])
    expect(finished.state.phase).toBe('over')
    const silent = run(...begin, { type: 'stored', stored: { ...stored, packetsReceived: 0 } })
    expect(silent.effects).toMatchObject([{ do: 'store-facts', facts: { marks: ['incomplete'] } }])
  })

  test('never ends before it began, whatever the clocks report', () => {
    const begin = offer({ recorded: false })
    const { effects } = run(
      { type: 'offered', offer: begin },
      {
        type: 'ended',
        at: begin.facts.startedAt.subtract({ hours: 1 }),
        inferred: false,
      },
    )
    expect(effects[0]).toMatchObject({ facts: { endedAt: begin.facts.answeredAt ?? begin.facts.startedAt } })
  })

  test('without an end signal is marked with `end-inferred`', () => {
    const { effects } = run(
      { type: 'offered', offer: offer({ recorded: false }) },
      { type: 'ended', at, inferred: true },
    )
    expect(effects[0]).toMatchObject({ facts: { endInferred: true, marks: ['end-inferred'] } })
  })

  test('reports a failure once, and its recovery', () => {
    const begin: SessionEvent[] = [{ type: 'offered', offer: offer({ recorded: true }) }, { type: 'opened' }]
    const failing: SessionEvent = { type: 'capture-state', state: 'failing', failure: 'no-media' }
    expect(kinds(run(...begin, failing).effects)).toEqual(['store-facts'])
    expect(kinds(run(...begin, failing, failing).effects)).toEqual([])
    const recovered = run(...begin, failing, { type: 'capture-state', state: 'recording' })
    expect(recovered.effects[0]).not.toHaveProperty('facts.captureFailure')
  })

  test('that is ending or over answers a request that crossed its end', () => {
    const crossed: SessionEvent = {
      type: 'reoffered',
      offer: { streams: [], tracks: {}, hasSdp: false, facts: { marks: [] } },
    }
    for (const recorded of [true, false]) {
      const begin: SessionEvent[] = [{ type: 'offered', offer: offer({ recorded }) }, { type: 'opened' }]
      const { effects } = run(...begin, { type: 'ended', at, inferred: false }, crossed)
      expect(effects).toMatchObject([{ do: 'refuse', status: 481 }])
    }
  })

  test('that is over ignores further events', () => {
    const ended: SessionEvent[] = [
      { type: 'offered', offer: offer({ recorded: false }) },
      { type: 'ended', at, inferred: false },
    ]
    for (const event of [{ type: 'opened' }, { type: 'ended', at, inferred: true }] as SessionEvent[]) {
      expect(run(...ended, event)).toEqual({ state: { phase: 'over' }, effects: [] })
    }
  })
})
