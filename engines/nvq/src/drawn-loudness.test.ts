import { expect, test } from 'vitest'
import { spokenDialogue } from '../../../test/disclosure/spoken-sound.ts'
import { analyse } from './analysis.ts'
import { soft } from './drawn-fading.ts'
import { turnStarts } from './turn-starts.ts'
import { drawnLoudness, levelsAsEverybodys, type Loudness } from './drawn-loudness.ts'

const spoken = spokenDialogue('car-tax').subarray(0, 8000 * 8)
const analysis = analyse({ samples: spoken, redacted: [] })
const frames = analysis.speech.length
const starts = turnStarts(analysis.samples)
/** Average, and without variation. */
const plain: Loudness = {
  spread: 1,
  skew: 0,
  stress: 1,
  course: new Float64Array(frames),
  fading: { swell: 8, floor: -38, softness: 0.2 },
}
const own = levelsAsEverybodys(analysis, plain)
const loud = [...own.keys()].filter((frame) => own[frame]! > soft)
const nothingSaid = new Float64Array(frames)
const nothingAbove = new Float64Array(frames)
const deviation = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}
const loudOf = (levels: Float64Array) => loud.map((frame) => levels[frame]!)

test('the loudness of a voice is that of its sounds, to the drawn extent', () => {
  // Sounds of 100 ms, alternately louder and softer.
  const said = Float64Array.from({ length: frames }, (_, frame) => (frame % 40 < 20 ? 3 : -3))
  const heard = (stress: number) => drawnLoudness(own, said, starts, nothingAbove, { ...plain, stress })
  const [flat, everybodys, more] = [0, 1, 1.5].map(heard)
  const inside = loud.filter(
    (frame) => [2, 17].includes(frame % 20) && loud.includes(frame - 2) && loud.includes(frame + 2),
  )
  expect(inside.length).toBeGreaterThan(40)
  const raised = (levels: Float64Array) =>
    inside.map((frame) => (levels[frame]! - flat![frame]!) * Math.sign(said[frame]!)).reduce((a, b) => a + b, 0) /
    inside.length
  expect(raised(everybodys!)).toBeGreaterThan(2)
  expect(raised(more!)).toBeGreaterThan(1.4 * raised(everybodys!))
})

test('loudness beyond that of the sounds is mostly removed, and what is left is slow', () => {
  const levels = drawnLoudness(own, nothingSaid, starts, nothingAbove, plain)
  expect(deviation(loudOf(levels))).toBeLessThan(0.25 * deviation(loudOf(own)))
  // Someone who shouts every other second is still heard to, slightly.
  const shouts = own.map((level, frame) => (level > soft ? level + (frame % 400 < 200 ? 6 : 0) : level))
  const shouted = drawnLoudness(shouts, nothingSaid, starts, nothingAbove, plain)
  const rises = (of: (frame: number) => boolean) => {
    const some = loud.filter(of)
    return some.reduce((sum, frame) => sum + shouted[frame]! - levels[frame]!, 0) / some.length
  }
  expect(rises((frame) => frame % 400 < 200) - rises((frame) => frame % 400 >= 200)).toBeGreaterThan(0.4)
})

test('loud parts follow the drawn course', () => {
  const course = Float64Array.from({ length: frames }, (_, frame) => (frame % 200 < 100 ? 1 : -1))
  const [level, wandering] = [plain, { ...plain, course }].map((draw) =>
    drawnLoudness(own, nothingSaid, starts, nothingAbove, draw),
  )
  expect(loud.length).toBeGreaterThan(300)
  for (const frame of loud) expect(wandering![frame]! - level![frame]!).toBeCloseTo(course[frame]!, 9)
})

test('levels are further apart or skewed to the soft side as drawn', () => {
  const range = (draw: Loudness) => {
    const levels = [...levelsAsEverybodys(analysis, draw)].filter((db) => db > -6).sort((a, b) => a - b)
    return levels.at(-1)! - levels[Math.floor(levels.length / 2)]!
  }
  expect(range({ ...plain, spread: 1.2 })).toBeGreaterThan(range(plain))
  expect(range({ ...plain, skew: 0.2 })).toBeLessThan(range(plain))
})
