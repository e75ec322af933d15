import { expect, test } from 'vitest'
import { bandCount } from './envelope.ts'
import { heardLevels, powerAboveLevel } from './heard-levels.ts'
import { resynthesise } from './resynthesis.ts'
import { hop } from './voice-activity.ts'

const frames = 400
/**
 * A sound that is dark for one second and bright for the next: the first term of a cosine series favours low or high
 * frequencies.
 */
const series = new Float32Array(frames * bandCount)
for (let frame = 0; frame < frames; frame++) series[frame * bandCount + 1] = frame < 200 ? 1.5 : -1.5
const levels = new Float64Array(frames).fill(-20)
const asItIs = (hertz: number) => hertz

/** In dB, from the 25 ms of samples around a frame. */
function powerAt(samples: Float32Array, frame: number): number {
  const own = samples.subarray((frame - 2) * hop, (frame + 3) * hop)
  return 10 * Math.log10(own.reduce((sum, sample) => sum + sample ** 2, 0) / own.length)
}

test('a dark sound is heard louder than its level, a bright one softer, according to its power', () => {
  // The same noise in each run (Park and Miller's generator).
  let seed = 1
  const chance = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  const noise = Float32Array.from({ length: frames * hop }, () => (chance() - 0.5) * Math.sqrt(12))
  const out = resynthesise(series, levels, noise, asItIs)
  const heard = heardLevels(levels, powerAboveLevel(series, levels, asItIs))
  const mean = (of: (frame: number) => number, from: number) =>
    Array.from({ length: 160 }, (_, n) => of(from + n)).reduce((sum, db) => sum + db, 0) / 160
  const [dark, bright] = [20, 220].map((from) => mean((frame) => heard[frame]!, from)) as [number, number]
  const [darkPower, brightPower] = [20, 220].map((from) => mean((frame) => powerAt(out, frame), from)) as [
    number,
    number,
  ]
  expect(dark - bright).toBeGreaterThan(8)
  expect(Math.abs(dark - bright - (darkPower - brightPower))).toBeLessThan(1)
})

test('25 ms are heard together, and nothing in silence', () => {
  const click = Float64Array.from({ length: 21 }, (_, frame) => (frame === 10 ? 0 : -Infinity))
  const heard = heardLevels(click, new Float64Array(21))
  for (const frame of [8, 9, 10, 11, 12]) expect(heard[frame]).toBeCloseTo(10 * Math.log10(1 / 5), 6)
  for (const frame of [0, 7, 13, 20]) expect(heard[frame]).toBeLessThan(-90)
  expect(powerAboveLevel(series, new Float64Array(frames).fill(-Infinity), asItIs).every((db) => db === 0)).toBe(true)
})
