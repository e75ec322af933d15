import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Chance } from './chance.ts'
import { codebook } from './codebook.ts'
import { addLineNoise } from './line-noise.ts'

const correlation = (samples: Float32Array, lag: number) => {
  let sum = 0
  for (let n = lag; n < samples.length; n++) sum += samples[n]! * samples[n - lag]!
  return sum / samples.length
}

test('line noise is as loud as drawn, is added, and has another shape at each draw', () => {
  const chance = new Chance(randomBytes)
  const noises = Array.from({ length: 16 }, () => {
    const out = new Float32Array(16_000).fill(0.5)
    addLineNoise(out, -50, codebook(), chance)
    return out.map((sample) => sample - 0.5)
  })
  for (const noise of noises) expect(10 * Math.log10(correlation(noise, 0))).toBeCloseTo(-50, 1)
  // Speech is strong at low frequencies. How strong varies more than two seconds of one shape would by chance.
  const tilts = noises.map((noise) => correlation(noise, 1) / correlation(noise, 0))
  expect(tilts.toSorted((one, other) => one - other)[8]).toBeGreaterThan(0.5)
  expect(Math.max(...tilts) - Math.min(...tilts)).toBeGreaterThan(0.05)
})
