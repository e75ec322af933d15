import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { spokenDialogue } from '#test/disclosure/spoken-sound.ts'
import { analyse } from './analysis.ts'
import { Chance } from './chance.ts'
import { drawLoudness, drawnLoudness, type Loudness } from './drawn-loudness.ts'
import { belowLoud, loudOf, turnStarts } from './turn-starts.ts'
import { hop } from './voice-activity.ts'

const spoken = spokenDialogue('car-tax').subarray(0, 8000 * 8)
const analysis = analyse({ samples: spoken, redacted: [] })
const frames = analysis.speech.length
/** As everybody's, and on no course. */
const plain: Loudness = { swell: 8, fade: 3, floor: -38, spread: 1, skew: 0, course: new Float64Array(frames) }
const [slow, fast] = [
  { ...plain, swell: 6, fade: 1.5 },
  { ...plain, swell: 10, fade: 4.5 },
]

test('the same voice swells and fades otherwise at another draw where it is soft, and nowhere else', () => {
  const [one, other] = [drawnLoudness(analysis, slow), drawnLoudness(analysis, fast)]
  const differ = [...one].flatMap((level, frame) => (level === other[frame] ? [] : [level]))
  expect(differ.length).toBeGreaterThan(100)
  // The one that fades more slowly is louder there, and soft all the same.
  expect(Math.max(...differ)).toBeLessThanOrEqual(0)
  const loud = one.filter((level) => level > 0)
  expect(loud.length).toBeGreaterThan(100)
})

test('how a voice fades is the draw’s: what is louder there by its own is heard no later', () => {
  // The same turn with an echo that lasts, and without.
  const quiet = new Float32Array(4000)
  const turn = Float32Array.from(spoken.subarray(0, 8000), (sample) => sample / 32768)
  const dry = Float32Array.from([...quiet, ...turn, ...quiet])
  const wet = dry.slice()
  for (let n = 640; n < wet.length; n++) wet[n]! += 0.25 * wet[n - 640]!
  const levels = [dry, wet].map((samples) => {
    const track = { samples: Int16Array.from(samples, (sample) => sample * 32767), redacted: [] }
    return drawnLoudness(analyse(track), fast)
  })
  const fading = levels.map((level) => {
    const last = level.findLastIndex((db) => db > -12)
    return [...level.subarray(last + 1, last + 6)].map((db, step) => db - (level[last + step] ?? 0))
  })
  for (const steps of fading) for (const step of steps.slice(1)) expect(step).toBeCloseTo(-fast.fade, 6)
})

test('a turn is heard when it was, at every draw', () => {
  const starts = turnStarts(analysis.samples)
  const found = [...starts.keys()].filter((frame) => starts[frame] === 1)
  expect(found.length).toBeGreaterThan(1)
  const chance = new Chance(randomBytes)
  for (const draw of [slow, fast, ...Array.from({ length: 8 }, () => drawLoudness(frames, chance))]) {
    const level = drawnLoudness(analysis, draw)
    const heardFrom = loudOf(level) - belowLoud
    for (const start of found) {
      const heard = level.findIndex((db, frame) => frame >= start - 20 && db >= heardFrom)
      expect(Math.abs(heard - start)).toBeLessThanOrEqual(4)
    }
  }
})

test('a turn starts after a pause, and once', () => {
  const tone = (seconds: number, loudness: number) =>
    Float32Array.from({ length: seconds * 8000 }, (_, n) => loudness * Math.sin((2 * Math.PI * 400 * n) / 8000))
  const samples = Float32Array.from(
    [tone(0.5, 0), tone(0.4, 0.3), tone(0.1, 0), tone(0.4, 0.3), tone(0.3, 0), tone(0.4, 0.3)].flatMap((part) => [
      ...part,
    ]),
  )
  const starts = turnStarts(samples)
  const seconds = [...starts.keys()].filter((frame) => starts[frame] === 1).map((frame) => (frame * hop) / 8000)
  expect(seconds.length).toBe(2)
  for (const [at, expected] of [0.5, 1.7].entries()) expect(Math.abs(seconds[at]! - expected)).toBeLessThan(0.011)
})

test('no speech is softer than the drawn floor, and there is silence where nobody speaks', () => {
  for (const floor of [-38, -25]) {
    const level = drawnLoudness(analysis, { ...plain, floor })
    const spoken = level.filter((_, frame) => analysis.speech[frame] === 1)
    expect(Math.min(...spoken)).toBe(floor)
    expect(level.every((db, frame) => analysis.speech[frame] === 1 || db === -Infinity)).toBe(true)
  }
})

test('levels lie further apart, or lean to the soft side, as drawn; what is loud is on the drawn course', () => {
  const loud = (draw: Loudness) =>
    drawnLoudness(analysis, draw)
      .filter((db) => db > -6)
      .sort()
  const range = (levels: Float64Array) => levels.at(-1)! - levels[Math.floor(levels.length / 2)]!
  expect(range(loud({ ...plain, spread: 1.2 }))).toBeGreaterThan(range(loud(plain)))
  expect(range(loud({ ...plain, skew: 0.2 }))).toBeLessThan(range(loud(plain)))
  const course = Float64Array.from({ length: frames }, (_, frame) => (frame % 200 < 100 ? 1 : -1))
  const [level, wandering] = [plain, { ...plain, course }].map((draw) => drawnLoudness(analysis, draw))
  const heard = [...level!.keys()].filter((frame) => level![frame]! > 0)
  expect(heard.length).toBeGreaterThan(100)
  for (const frame of heard) expect(wandering![frame]! - level![frame]!).toBeCloseTo(course[frame]!, 9)
})
