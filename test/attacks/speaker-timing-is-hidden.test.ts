// R33, level T: comparing a copy with calls of known people reveals no pace, no pause and no start of a turn.
import { afterAll, expect, test } from 'vitest'
import { voiceRate as second, type Turn } from '#use/disclosure/voice/engine.ts'
import { transcriptEngine } from '#use/disclosure/voice/transcript-engine.ts'

const engine = transcriptEngine(2)
afterAll(engine.stop)

/** Texts with their syllables. */
const texts: [text: string, syllables: number][] = [
  ['asia koskee tämän vuoden veroa', 13],
  ['odotan päätöstä kotiin', 9],
  ['kiitos ja kuulemiin', 7],
]
const answers: [text: string, syllables: number][] = [
  ['päätös tulee postissa', 8],
  ['käsittely kestää kuukauden', 10],
]

/** Call whose speakers have this pace (syllables a second) and pauses of this many seconds. */
function callOf(pace: number, pauseS: number): [Turn[], Turn[]] {
  const call: [Turn[], Turn[]] = [[], []]
  let at = 0.2
  for (let index = 0; index < texts.length + answers.length; index++) {
    const lane = (index % 2) as 0 | 1
    const [text, syllables] = (lane === 0 ? texts : answers)[index >> 1]!
    const from = Math.round(at * second)
    at += syllables / pace
    call[lane].push({ from, to: Math.round(at * second), text, language: 'fi' })
    at += pauseS
  }
  return call
}

test('the same words with the same random draw get the same positions, at any pace and with any pauses', async () => {
  const [slow, quick] = await Promise.all([
    engine.speak(callOf(4, 2), chanceOf(1)),
    engine.speak(callOf(8, 0.05), chanceOf(1)),
  ])
  for (const lane of [0, 1] as const)
    expect(maxEdgeShift(stretchesOf(quick[lane]), stretchesOf(slow[lane]))).toBeLessThan(0.05)
})

test('the pace of a copy and the starts of its turns are independent of the speakers’', async () => {
  const talkers = Array.from({ length: 60 }, (_, seed) => ({
    pace: 4 + (4 * seed) / 59,
    call: callOf(4 + (4 * seed) / 59, 0.1 + (seed % 7) / 5),
    random: chanceOf(seed + 100),
  }))
  const copies = await Promise.all(talkers.map(({ call, random }) => engine.speak(call, random)))
  const starts = copies.map(([caller]) => stretchesOf(caller).map(({ first }) => first))
  const syllables = texts.reduce((sum, [, count]) => sum + count, 0)
  const paces = copies.map(([caller]) => {
    const spoken = stretchesOf(caller).reduce((sum, { first, last }) => sum + last - first, 0)
    return (syllables * second) / spoken
  })
  const own = talkers.map(({ pace }) => pace)
  expect(Math.abs(correlation(own, paces))).toBeLessThan(0.2)
  const spread = (times: readonly number[]) => (times.at(-1)! - times[0]!) / second
  const speakersSpreads = talkers.map(({ call: [caller] }) => spread(caller.map(({ from }) => from)))
  expect(Math.abs(correlation(speakersSpreads, starts.map(spread)))).toBeLessThan(0.2)
  const unmoved = talkers.filter(({ call: [caller] }, index) =>
    starts[index]!.some((start, turn) => Math.abs(start - (caller[turn]?.from ?? Infinity)) < 0.005 * second),
  )
  expect(unmoved.length).toBeLessThan(6)
})

test('a long wait is kept in steps of five seconds, and reveals no more', async () => {
  const waited = (seconds: number): [Turn[], Turn[]] => {
    const from = Math.round((1 + seconds) * second)
    return [
      [
        { from: 0, to: second, text: 'odota hetki', language: 'fi' },
        { from, to: from + second, text: 'kiitos', language: 'fi' },
      ],
      [],
    ]
  }
  const gaps = await Promise.all(
    [10.1, 12, 14.9, 4.9].map(async (seconds) => gapOf((await engine.speak(waited(seconds), chanceOf(3)))[0])),
  )
  for (const gap of gaps.slice(0, 3)) expect(Math.abs(gap - gaps[3]! - 10)).toBeLessThan(0.05)
})

/** Seconds between the first two stretches of sound. */
function gapOf(track: Int16Array): number {
  const [before, after] = stretchesOf(track)
  return (after!.first - before!.last) / second
}

/** Returns the stretches of sound louder than noise; pauses below a seventh of a second count as speech. */
function stretchesOf(track: Int16Array): { first: number; last: number }[] {
  const stretches: { first: number; last: number }[] = []
  for (let i = 0; i < track.length; i++) {
    if (Math.abs(track[i]!) < 60) continue
    const before = stretches.at(-1)
    if (before && i - before.last < 0.14 * second) before.last = i
    else stretches.push({ first: i, last: i })
  }
  return stretches
}

/** Returns the largest shift, in seconds, between the edges of two lists of stretches. */
function maxEdgeShift(one: ReturnType<typeof stretchesOf>, other: ReturnType<typeof stretchesOf>): number {
  if (one.length !== other.length) return Infinity
  return (
    Math.max(
      ...one.map(({ first, last }, i) => Math.max(Math.abs(first - other[i]!.first), Math.abs(last - other[i]!.last))),
    ) / second
  )
}

/** Pearson correlation. */
function correlation(one: readonly number[], other: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [a, b] = [mean(one), mean(other)]
  const product = (of: readonly number[], by: readonly number[], x: number, y: number) =>
    of.reduce((sum, value, i) => sum + (value - x) * (by[i]! - y), 0)
  return product(one, other, a, b) / Math.sqrt(product(one, one, a, a) * product(other, other, b, b))
}

/** Deterministic random numbers (mulberry32) for a seed. */
function chanceOf(seed: number): (size: number) => Uint8Array {
  let state = Math.imul(seed, 0x9e3779b9)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 24
  }
  return (size) => Uint8Array.from({ length: size }, next)
}
