import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { spokenDialogue } from '../../../test/disclosure/spoken-sound.ts'
import { analyse, type Analysis } from './analysis.ts'
import { Chance } from './chance.ts'
import { drawFading, fadingAsDrawn, soft, softnessOf, type Fading } from './drawn-fading.ts'
import { heardLevels } from './heard-levels.ts'
import { levelsAsEverybodys } from './drawn-loudness.ts'
import { belowLoud, loudOf, turnStarts } from './turn-starts.ts'
import { hop } from './voice-activity.ts'

const spoken = spokenDialogue('car-tax').subarray(0, 8000 * 8)
const analysis = analyse({ samples: spoken, redacted: [] })
const plain: Fading = { swell: 8, floor: -38, softness: 0.2 }
/** Nothing sounds louder than its level. */
const asTheyAre = new Float64Array(analysis.speech.length)
const levelsOf = (track: Analysis, draw: Fading, above = new Float64Array(track.speech.length)) => {
  const own = levelsAsEverybodys(track, { spread: 1, skew: 0 })
  return fadingAsDrawn(own, own, turnStarts(track.samples), above, draw)
}

test('the drawn share of what is heard is soft, however soft the voice was', () => {
  // 150 ms of speech and 150 ms between words, alternately: in a silent room, and in one that echoes.
  for (const between of [-40, -14])
    for (const softness of [0.12, 0.16, 0.2]) {
      const own = Float64Array.from({ length: 1800 }, (_, frame) => (frame % 60 < 30 ? 0 : between))
      const levels = fadingAsDrawn(own, own, new Uint8Array(own.length), new Float64Array(own.length), {
        ...plain,
        softness,
      })
      expect(Math.abs(softnessOf(heardLevels(levels, new Float64Array(own.length))) - softness)).toBeLessThan(0.03)
    }
})

test('loud parts stay as they are, and soft parts are soft', () => {
  const own = levelsAsEverybodys(analysis, { spread: 1, skew: 0 })
  const said = own.map((level) => (level > soft ? 3 : level))
  const levels = fadingAsDrawn(own, said, turnStarts(analysis.samples), asTheyAre, plain)
  const loud = [...own.keys()].filter((frame) => own[frame]! > soft)
  expect(loud.length).toBeGreaterThan(300)
  for (const frame of loud) expect(levels[frame]).toBe(3)
  // Next to loud parts it fades from their level.
  const softer = levels.filter((level, frame) => level !== -Infinity && !(own[frame]! > soft))
  expect(softer.length).toBeGreaterThan(300)
  expect(Math.max(...softer)).toBeLessThan(3)
})

test('a voice fades as drawn, in equal steps', () => {
  const quiet = new Float32Array(4000)
  const turn = Float32Array.from(spoken.subarray(0, 8000), (sample) => sample / 32768)
  const wet = Float32Array.from([...quiet, ...turn, ...quiet])
  for (let n = 640; n < wet.length; n++) wet[n]! += 0.25 * wet[n - 640]!
  const track = analyse({ samples: Int16Array.from(wet, (sample) => sample * 32767), redacted: [] })
  const own = levelsAsEverybodys(track, { spread: 1, skew: 0 })
  const levels = levelsOf(track, plain)
  const last = own.findLastIndex((db) => db > soft)
  const steps = [...levels.subarray(last + 2, last + 6)].map((db, step) => db - levels[last + 1 + step]!)
  for (const step of steps) expect(step).toBeCloseTo(steps[0]!, 6)
  expect(steps[0]).toBeLessThan(-0.5)
})

test('a turn starts when it did, at every draw', () => {
  const starts = turnStarts(analysis.samples)
  const found = [...starts.keys()].filter((frame) => starts[frame] === 1)
  expect(found.length).toBeGreaterThan(1)
  const chance = new Chance(randomBytes)
  for (const draw of [plain, ...Array.from({ length: 8 }, () => drawFading(chance))]) {
    const level = levelsOf(analysis, draw)
    const heardFrom = loudOf(level) - belowLoud
    for (const start of found) {
      const heard = level.findIndex((db, frame) => frame >= start - 20 && db >= heardFrom)
      expect(Math.abs(heard - start)).toBeLessThanOrEqual(4)
    }
  }
})

test('a bright turn after dark sound starts when it did', () => {
  const own = Float64Array.from({ length: 400 }, (_, frame) => (frame < 100 || frame >= 170 ? 0 : -20))
  const starts = Uint8Array.from(own, (_, frame) => (frame === 160 ? 1 : 0))
  const above = own.map((_, frame) => (frame < 160 ? 8 : -8))
  const levels = fadingAsDrawn(own, own, starts, above, { ...plain, floor: -25 })
  const heardFrom = loudOf(heardLevels(levels, above)) - belowLoud
  for (let frame = 140; frame < 160; frame++) expect(levels[frame]! + above[frame]!).toBeLessThan(heardFrom)
  for (let frame = 160; frame < 170; frame++) expect(levels[frame]! + above[frame]!).toBeGreaterThan(heardFrom)
})

test('a turn starts once, after a pause', () => {
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

test('no speech is softer than the drawn floor, and non-speech is silent', () => {
  for (const floor of [-38, -25]) {
    const level = levelsOf(analysis, { ...plain, floor })
    const spoken = level.filter((_, frame) => analysis.speech[frame] === 1)
    expect(Math.min(...spoken)).toBe(floor)
    expect(level.every((db, frame) => analysis.speech[frame] === 1 || db === -Infinity)).toBe(true)
  }
})
