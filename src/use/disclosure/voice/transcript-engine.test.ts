import { randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { drawSyntheticVoice } from './draw-synthetic-voice.ts'
import { voiceRate, type Turn } from './engine.ts'
import { transcriptEngine } from './transcript-engine.ts'

const engine = transcriptEngine(1)
afterAll(engine.stop)

const second = voiceRate
const finnish = 'Hyvää päivää, verohallinnosta soitan.'
const sampleTurns: Turn[] = [
  { from: 1 * second, to: 5 * second, text: finnish, language: 'fi' },
  { from: 6 * second, to: 10 * second, text: 'God dag, jag ringer från Skatteförvaltningen.', language: 'sv' },
  { from: 11 * second, to: 15 * second, text: 'Good day, this is the tax administration.', language: 'en' },
]

test('turns in three languages follow one another with pauses, over background noise of constant level', async () => {
  const [caller, official] = await engine.speak([[sampleTurns[0]!, sampleTurns[2]!], [sampleTurns[1]!]], randomBytes)
  expect(official.length).toBe(caller.length)
  expect(caller.length % (5 * second)).toBe(0)
  const [[first, third], [other]] = [stretchesOf(caller), stretchesOf(official)]
  const spoken = [first!, other!, third!]
  for (const [index, stretch] of spoken.entries()) {
    expect(stretch.last - stretch.first).toBeGreaterThan(1.2 * second)
    expect(stretch.first - (spoken[index - 1]?.last ?? 0)).toBeGreaterThan(0.1 * second)
  }
  expect(level(official, 0, other!.first - 400)).toBeCloseTo(10, 0)
  expect(level(caller, third!.last + 400, caller.length)).toBeCloseTo(10, 0)
})

test('a turn is spoken at the pace of its voice to the last word, however short its time was', async () => {
  const text = 'Teidän veroilmoituksenne on käsitelty, ja päätös tulee postissa.'
  const [withTime, withoutTime] = await Promise.all(
    [8 * second, 1].map(async (to) => {
      const [track] = await engine.speak([[{ from: 0, to, text, language: 'fi' }], []], fixed(1))
      return stretchesOf(track)[0]
    }),
  )
  expect(Math.abs(withoutTime!.last - withTime!.last)).toBeLessThan(0.05 * second)
  expect(withTime!.last).toBeGreaterThan(3 * second)
})

test('overlapping turns of one track are refused', async () => {
  const [early, late] = sampleTurns as [Turn, Turn]
  for (const turns of [
    [late, early],
    [early, { ...late, from: early.to - 1 }],
    [{ ...early, to: early.from }],
    [{ ...early, from: -1 }],
  ]) {
    await expect(engine.speak([[], turns], randomBytes)).rejects.toMatchObject({ code: 'turns-wrong' })
  }
})

test('another draw sounds different, and the two tracks of a call never share a voice', async () => {
  const turns = sampleTurns.slice(0, 1)
  const speak = (seed: number) => engine.speak([turns, turns], fixed(seed))
  const [[once], [other]] = await Promise.all([speak(5), speak(6)])
  expect(Buffer.from(once.buffer).equals(Buffer.from(other.buffer))).toBe(false)
  // Variants have different pitches, but sometimes two differ only in timbre.
  let distinct = 0
  for (const seed of [5, 6, 7, 8, 9]) {
    const [caller, official] = await speak(seed)
    const [low, high] = [pitchOf(caller), pitchOf(official)].toSorted((a, b) => a - b)
    if (high! / low! > 1.05) distinct += 1
  }
  expect(distinct).toBeGreaterThanOrEqual(4)
  for (let draw = 0; draw < 200; draw++) {
    const voiceOf = (track: 0 | 1) => drawSyntheticVoice(randomBytes(32), track)
    expect(voiceOf(0).variant).not.toBe(voiceOf(1).variant)
    expect(voiceOf(0).pitch).toBeLessThan(voiceOf(1).pitch - 15)
  }
})

test('markup, phonemes and control characters are spoken as words or dropped, and figures are spoken', async () => {
  const length = async (text: string) => {
    const [track] = await engine.speak([[{ from: 0, to: 20 * second, text, language: 'en' }], []], fixed(1))
    const [first, last = first] = [stretchesOf(track)[0], stretchesOf(track).at(-1)]
    return first && last ? (last.last - first.first) / second : 0
  }
  const plain = await length('hello there')
  for (const text of [
    'hello <break time="5s"/> there',
    'hello \u0001500S there',
    'hello\0 there',
    'hello [[..........]] there',
    'hello\u202E\u{F0000} there',
  ]) {
    expect(Math.abs((await length(text)) - plain), JSON.stringify(text)).toBeLessThan(1.5)
  }
  expect(await length('24')).toBeGreaterThan(0.4)
  expect(await length('<> [] … \u0001')).toBe(0)
})

/** Repeatable random numbers, different for each seed. */
function fixed(seed: number): (size: number) => Uint8Array {
  return (size) => Uint8Array.from({ length: size }, (_, i) => Math.imul(seed * 7919 + i, 2654435761) >>> 24)
}

/** Returns where the sound exceeds the noise. Pauses shorter than half a second count as speech. */
function stretchesOf(track: Int16Array): { first: number; last: number }[] {
  const stretches: { first: number; last: number }[] = []
  for (let i = 0; i < track.length; i++) {
    if (Math.abs(track[i]!) < 60) continue
    const before = stretches.at(-1)
    if (before && i - before.last < 0.5 * second) before.last = i
    else stretches.push({ first: i, last: i })
  }
  return stretches
}

function level(track: Int16Array, from: number, to: number): number {
  return Math.sqrt(track.subarray(from, to).reduce((sum, value) => sum + value * value, 0) / (to - from))
}

/** Median over the voiced parts in Hz, by the greatest autocorrelation. */
function pitchOf(track: Int16Array): number {
  const found: number[] = []
  for (let at = 0; at + 700 < track.length; at += 400) {
    const product = (lag: number) => {
      let sum = 0
      for (let i = at; i < at + 400; i++) sum += track[i]! * track[i + lag]!
      return sum
    }
    const power = product(0)
    if (power / 400 < 1_000 ** 2) continue
    const lags = Array.from({ length: 110 }, (_, i) => i + 22).map((lag) => ({ lag, product: product(lag) }))
    const best = lags.reduce((a, b) => (b.product > a.product ? b : a))
    if (best.product > 0.6 * power) found.push(voiceRate / best.lag)
  }
  return found.toSorted((a, b) => a - b)[found.length >> 1]!
}
