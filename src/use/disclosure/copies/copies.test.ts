// Prerequisites for rendering a copy, and what a rendering outputs (R33), without a database.
import { expect, test } from 'vitest'
import { registerEngines, type Revoicing } from './voice-engines.ts'
import { missingPrerequisites, type CopyFacts } from './copy-lacks.ts'
import {
  countRemoved,
  findInvalidTimes,
  subtractStretches,
  type CopyWork,
  type Redaction,
  type WrittenTurn,
} from './copy-work.ts'
import { identifiersOf } from './identifiers.ts'
import { proposeRedactions, sureConfidence, turnsOfWords } from './propose-for-copy.ts'
import { renderTracks, speakCopy } from './render-tracks.ts'
import { redactedTurns, spokenTurns } from './spoken-turns.ts'
import { controlDemands, demandsOf, type EvaluationRecord } from '../voice/evaluation-record.ts'
import type { TranscriptEngine, Turn } from '../voice/engine.ts'
import { coarseLength } from '../voice/place-turns.ts'

const turn: WrittenTurn = { track: 'CALLER', fromMs: 0, toMs: 4000, language: 'fi', text: 'asia koskee veroa' }
const removal: Redaction = {
  ...{ track: 'CALLER', fromMs: 1000, toMs: 2000, reason: 'NAME', source: 'MANUAL', isReviewed: true },
}
const work: CopyWork = { level: 'T', turns: [turn], redactions: [removal] }
const facts: CopyFacts = {
  work,
  isPlayed: true,
  levels: [{ level: 'T', isOffered: true }],
  speech: [{ track: 'CALLER', fromMs: 0, toMs: 4000 }],
  isMixed: false,
  identifiers: [[]],
}

test('speech with neither words nor a redaction is reported missing from a transcript, a breath is not', () => {
  const missing = (speech: CopyFacts['speech'], overrides: Partial<CopyFacts> = {}) =>
    missingPrerequisites({ ...facts, speech, ...overrides })
  expect(missing(facts.speech)).toEqual([])
  expect(missing([...facts.speech, { track: 'CALLER', fromMs: 4000, toMs: 4600 }])).toEqual([])
  expect(missing([{ track: 'CALLER', fromMs: 3000, toMs: 5000 }])).toEqual([{ what: 'transcript' }])
  expect(missing([{ track: 'OFFICIAL', fromMs: 0, toMs: 4000 }])).toEqual([{ what: 'transcript' }])
  expect(missing([{ track: 'OFFICIAL', fromMs: 0, toMs: 4000 }], { isMixed: true })).toEqual([])
  const empty = { ...work, turns: [{ ...turn, text: ' ' }] }
  expect(missing(facts.speech, { work: empty })).toEqual([{ what: 'transcript', at: [0] }])
})

test('redacted words are left out by their time, and anywhere in a turn with a redaction for the same reason', () => {
  const words = (text: string, redactions: Redaction[]) =>
    redactedTurns({ ...work, turns: [{ ...turn, text }], redactions }, 8)[0]!.text
  const late = { ...removal, fromMs: 3800, toMs: 4000 }
  const text = 'nimeni on Matti Virtanen ja asia koskee tämän vuoden veroa'
  expect(words(text, [])).toBe(text)
  expect(words(text, [late])).not.toMatch(/Matti|Virtanen/)
  expect(words(text, [late])).toContain('[nimi poistettu]')
  const spoken = spokenTurns({ ...work, turns: [{ ...turn, text }] }, 'CALLER', 8)
  expect(spoken.map(({ text }) => text).join(' ')).not.toMatch(/Matti|Virtanen/)
  expect(identifiersOf([{ ...turn, text: '[nimi poistettu] ja asia koskee veroa' }])).toEqual([[]])
})

test('if both tracks have the same sound, what is removed from either is left out of both', async () => {
  const text = 'nimeni on Matti Virtanen ja asia koskee tämän vuoden veroa'
  const official: WrittenTurn = { ...turn, track: 'OFFICIAL', text }
  const spoken: (readonly Turn[])[] = []
  const engine: TranscriptEngine = {
    ...{ name: 'e', version: '1', level: 'T' },
    speak(call) {
      spoken.push(...call)
      return Promise.resolve([new Int16Array(1), new Int16Array(1)])
    },
  }
  const removed = { ...removal, fromMs: 0, toMs: 4000 }
  await speakCopy({ ...work, turns: [official], redactions: [removed] }, engine, true)
  expect(spoken[1]!.map(({ text }) => text)).toEqual(['[nimi poistettu]'])
  await speakCopy({ ...work, turns: [official], redactions: [removed] }, engine, false)
  expect(spoken[3]!.map(({ text }) => text)).toEqual([text])
})

test('times must be within the recording, and turns of a track must not overlap', () => {
  expect(findInvalidTimes(work, 4000)).toBeUndefined()
  expect(findInvalidTimes(work, 3999)).toBe('turns.0')
  expect(findInvalidTimes({ ...work, turns: [turn, { ...turn, fromMs: 3999, toMs: 4000 }] }, 4000)).toBe('turns.1')
  expect(findInvalidTimes({ ...work, turns: [turn, { ...turn, track: 'OFFICIAL' }] }, 4000)).toBeUndefined()
})

test('time removed on both tracks counts once', () => {
  expect(countRemoved([removal, { ...removal, track: 'OFFICIAL' }])).toEqual({ removed: { NAME: 2 }, redactedMs: 1000 })
})

test('a stretch subtracted from another splits it', () => {
  expect(subtractStretches({ fromMs: 0, toMs: 10 }, [{ fromMs: 2, toMs: 4 }])).toEqual([
    { fromMs: 0, toMs: 2 },
    { fromMs: 4, toMs: 10 },
  ])
})

test('the length of a copy is rounded up to five seconds', () => {
  expect([0, 1, 40_000, 40_001].map(coarseLength)).toEqual([40_000, 40_000, 40_000, 80_000])
})

test('keypad tones are proposed for removal, padded by a fifth of a second, within the recording', () => {
  const pressed = (fromMs: number, toMs: number) => ({ track: 'CALLER' as const, fromMs, toMs })
  const proposed = proposeRedactions([], [pressed(50, 150), pressed(2000, 2100)], 2200, 'D')
  expect(proposed.map(({ track, fromMs, toMs }) => ({ track, fromMs, toMs }))).toEqual([
    pressed(0, 350),
    pressed(1800, 2200),
  ])
  expect(proposed.every(({ isReviewed, source }) => !isReviewed && source === 'PROPOSED')).toBe(true)
})

test('an engine of level N or D is offered only with a passing record for its version and sources', () => {
  const transcript = { level: 'T' } as TranscriptEngine
  const sources = '0'.repeat(64)
  const never = () => Promise.reject(new Error('never'))
  const engine = { name: 'e', version: '1', level: 'D', sources, revoice: never } as const
  const demands = [...controlDemands, ...demandsOf.D]
  const record: EvaluationRecord = {
    ...{
      format: 1,
      engine: 'e',
      version: '1',
      level: 'D',
      sources,
      day: '2026-11-26',
      full: true,
      sets: [],
    },
    figures: Object.fromEntries(demands.map(({ figure, atLeast, atMost }) => [figure, atLeast ?? atMost ?? 5])),
  }
  const engineFor = (records: EvaluationRecord[], revoicing = [engine]) =>
    registerEngines({ transcript, revoicing }, records).engineFor('D')
  expect(engineFor([record])).toMatchObject({ name: 'e', evaluation: { date: '2026-11-26' } })
  expect(engineFor([])).toBe('no-evaluation')
  expect(engineFor([{ ...record, version: '2' }])).toBe('no-evaluation')
  expect(engineFor([{ ...record, sources: '1'.repeat(64) }])).toBe('no-evaluation')
  expect(engineFor([{ ...record, figures: { ...record.figures, 'lazy.finnish': 35 } }])).toBe('no-evaluation')
  // The figure for five combined recordings of one person is required, whatever its value.
  const { 'pooled-five.10-people': _, ...reported } = record.figures
  expect(engineFor([{ ...record, figures: reported }])).toBe('no-evaluation')
  expect(engineFor([record], [])).toBe('no-engine')
})

test('level D: removed parts are silent, the original is wiped, and identical tracks get the same new voice', async () => {
  let drawn = 0
  const engine: Revoicing = {
    ...{ name: 'e', version: '1', level: 'D', sources: '' },
    // Each call gives another voice.
    revoice({ samples }) {
      drawn++
      return Promise.resolve(Int16Array.from(samples, (_, n) => 100 * drawn + (n % 50)))
    },
  }
  const voice = () => Int16Array.from({ length: 16_000 }, (_, n) => 6000 * Math.sin(n / 9) * Math.sin(n / 700))
  const removed = { ...removal, fromMs: 500, toMs: 900 }
  const original = { caller: voice(), official: voice(), isMixed: false }
  const [caller, official] = await renderTracks(
    original,
    { ...work, level: 'D', redactions: [removed] },
    engine,
    () => {},
  )
  expect([caller.length, official.length]).toEqual([40_000, 40_000])
  expect(caller.subarray(4000, 7200).every((sample) => sample === 0)).toBe(true)
  expect(official.subarray(4000, 7200).some((sample) => sample !== 0)).toBe(true)
  expect(original.caller.every((sample) => sample === 0)).toBe(true)
  for (const track of ['CALLER', 'OFFICIAL'] as const) {
    const mixed = { caller: voice(), official: voice(), isMixed: true }
    const both = await renderTracks(
      mixed,
      { ...work, level: 'D', redactions: [{ ...removed, track }] },
      engine,
      () => {},
    )
    expect(both[0]).toEqual(both[1])
    expect(both[1].subarray(4000, 7200).every((sample) => sample === 0)).toBe(true)
  }
})

test('an engine gets no removed audio, and anything it produces there is silenced', async () => {
  const played: Int16Array[] = []
  const engine: Revoicing = {
    ...{ name: 'e', version: '1', level: 'N', sources: '' },
    async revoice({ samples, redacted }) {
      expect(redacted).toEqual([{ from: 4000, to: 7200 }])
      played.push(samples.slice())
      return Int16Array.from(samples, (_, n) => (n % 2 === 0 ? 3000 : -3000))
    },
  }
  const loud = () => new Int16Array(16_000).fill(9000)
  const original = { caller: loud(), official: loud(), isMixed: false }
  const removed = (track: 'CALLER' | 'OFFICIAL') => ({ ...removal, track, fromMs: 500, toMs: 900 })
  const redactions = [removed('CALLER'), removed('OFFICIAL')]
  const tracks = await renderTracks(original, { ...work, level: 'N', redactions }, engine, () => {})
  expect(played).toHaveLength(2)
  for (const track of [...played, ...tracks]) {
    expect(new Set(track.subarray(4000, 7200))).toEqual(new Set([0]))
    expect(track[3999]).not.toBe(0)
    expect(track[7200]).not.toBe(0)
  }
})

test('a drafted turn marks the words of which the recogniser was not sure, and when each was said', () => {
  const word = (text: string, at: number, confidence: number) => ({
    ...{ text, confidence, language: 'fi' as const, track: 0 as const },
    ...{ from: at * 8, to: (at + 300) * 8 },
  })
  const words = [
    word('asia', 0, 1),
    word('koskee', 400, sureConfidence - 0.01),
    word('veroa', 800, sureConfidence),
    word('kai', 1200, 0),
  ]
  const [drafted] = turnsOfWords(words, { speech: [], isMixed: false }, 2000)
  expect(drafted).toMatchObject({ text: 'asia koskee veroa kai', isReviewed: false })
  expect(drafted!.doubts?.map(({ from, to, fromMs }) => [drafted!.text.slice(from, to), fromMs])).toEqual([
    ['koskee', 400],
    ['kai', 1200],
  ])
})
