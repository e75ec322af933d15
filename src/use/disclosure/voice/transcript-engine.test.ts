import { randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { drawSyntheticVoice } from './draw-synthetic-voice.ts'
import { voiceRate, type Turn } from './engine.ts'
import { transcriptEngine } from './transcript-engine.ts'

const engine = transcriptEngine(1)
afterAll(engine.stop)

const second = voiceRate
const finnish = 'Hyvää päivää, verohallinnosta soitan.'
const said: Turn[] = [
  { from: 1 * second, to: 5 * second, text: finnish, language: 'fi' },
  { from: 6 * second, to: 10 * second, text: 'God dag, jag ringer från Skatteförvaltningen.', language: 'sv' },
  { from: 11 * second, to: 15 * second, text: 'Good day, this is the tax administration.', language: 'en' },
]

test('a turn starts where it started, in three languages, and between turns nothing changes', async () => {
  const track = await engine.speak(said, 16 * second, randomBytes, 0)
  expect(track.length).toBe(16 * second)
  for (const { from, to } of said) {
    const { first, last } = spokenWithin(track, from - second, to + second)
    expect(Math.abs(first - from)).toBeLessThan(0.02 * second)
    expect(last).toBeLessThanOrEqual(to)
    expect(last - first).toBeGreaterThan(1.2 * second)
  }
  for (const quiet of [0, 5, 10, 15]) expect(level(track, quiet * second, (quiet + 1) * second)).toBeCloseTo(10, 0)
})

test('a turn that would overrun is said faster, to its last word, within its time', async () => {
  const room = 1.2 * second
  const text = 'Teidän veroilmoituksenne on käsitelty, ja päätös tulee postissa.'
  const [slow, fast] = await Promise.all([
    engine.speak([{ from: 0, to: 8 * second, text, language: 'fi' }], 8 * second, fixed(1), 0),
    engine.speak([{ from: 0, to: room, text, language: 'fi' }], 8 * second, fixed(1), 0),
  ])
  expect(spokenWithin(slow, 0, slow.length).last).toBeGreaterThan(3 * second)
  const { last } = spokenWithin(fast, 0, fast.length)
  expect(last).toBeLessThanOrEqual(room)
  expect(last).toBeGreaterThan(0.85 * room)
})

test('a turn that nobody could understand in its time is refused by its number, and its words are not repeated', async () => {
  const turns: Turn[] = [...said, { from: 15 * second, to: 15.2 * second, text: finnish, language: 'fi' }]
  const refusal = await engine.speak(turns, 16 * second, randomBytes).catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'turn-too-short' })
  expect(String(refusal)).toMatch(/Turn 4 takes .* and has 0\.2 s/)
  expect(String(refusal)).not.toContain('soitan')
})

test('turns that overlap or lie outside are refused', async () => {
  const [one, two] = said as [Turn, Turn]
  for (const turns of [
    [two, one],
    [one, { ...two, from: one.to - 1 }],
    [{ ...one, to: one.from }],
    [{ ...one, from: -1 }],
  ]) {
    await expect(engine.speak(turns, 16 * second, randomBytes)).rejects.toMatchObject({ code: 'turns-wrong' })
  }
  await expect(engine.speak([two], 9 * second, randomBytes)).rejects.toMatchObject({ code: 'turns-wrong' })
})

test('another draw sounds otherwise, and the two tracks of a call never have one voice', async () => {
  const speak = (seed: number, lane: 0 | 1) => engine.speak(said.slice(0, 1), 6 * second, fixed(seed), lane)
  const [once, other] = await Promise.all([speak(5, 0), speak(6, 0)])
  expect(Buffer.from(once.buffer).equals(Buffer.from(other.buffer))).toBe(false)
  for (const seed of [5, 6, 7]) {
    const [caller, official] = await Promise.all([speak(seed, 0), speak(seed, 1)])
    const [low, high] = [pitchOf(caller), pitchOf(official)].toSorted((a, b) => a - b)
    expect(high! / low!).toBeGreaterThan(1.05)
  }
  for (let draw = 0; draw < 200; draw++) {
    const of = (lane: 0 | 1) => drawSyntheticVoice(randomBytes(32), lane)
    expect(of(0).variant).not.toBe(of(1).variant)
    expect(of(0).pitch).toBeLessThan(of(1).pitch - 15)
  }
})

test('markup, phonemes and control characters in a transcript are words or nothing; figures are said', async () => {
  const length = async (text: string) => {
    const track = await engine.speak([{ from: 0, to: 20 * second, text, language: 'en' }], 20 * second, fixed(1), 0)
    return spokenWithin(track, 0, track.length).last / second
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

/** Chance that is always the same; different for each seed. */
function fixed(seed: number): (size: number) => Uint8Array {
  return (size) => Uint8Array.from({ length: size }, (_, i) => Math.imul(seed * 7919 + i, 2654435761) >>> 24)
}

/** Where sound stands out of the noise. */
function spokenWithin(track: Int16Array, from: number, to: number): { first: number; last: number } {
  let [first, last] = [to, from]
  for (let i = Math.max(0, from); i < Math.min(to, track.length); i++) {
    if (Math.abs(track[i]!) < 60) continue
    first = Math.min(first, i)
    last = i
  }
  return { first, last }
}

function level(track: Int16Array, from: number, to: number): number {
  return Math.sqrt(track.subarray(from, to).reduce((sum, value) => sum + value * value, 0) / (to - from))
}

/** Median over the voiced parts, in Hz: by the greatest autocorrelation. */
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
