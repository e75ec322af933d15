import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Chance } from './chance.ts'
import { evenBands } from './even-bands.ts'
import { makeExcitation } from './excitation.ts'

/** How much the power of 25 ms changes to the next: the deviation of its logarithm. */
function unrest(samples: Float32Array): number {
  const logs: number[] = []
  for (let from = 200; from + 400 <= samples.length; from += 200) {
    let [power, before] = [0, samples[from - 1]!]
    // Frequencies above 2 kHz weigh more: one band, not the whole.
    for (const sample of samples.subarray(from, from + 200)) {
      power += (sample - before) ** 2
      before = sample
    }
    logs.push(Math.log(power))
  }
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  return Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length)
}

const power = (samples: Float32Array) => samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length

test.each([0, 120])('an excitation of %d hertz is equally strong, and more even', (hertz) => {
  const excitation = makeExcitation(new Float64Array(401).fill(hertz), 0.1, 16_000, new Chance(randomBytes))
  const even = excitation.slice()
  evenBands(even)
  expect(power(even.subarray(400, -400))).toBeGreaterThan(0.8)
  expect(power(even.subarray(400, -400))).toBeLessThan(1.25)
  expect(unrest(even)).toBeLessThan(hertz === 0 ? 0.75 * unrest(excitation) : 1.05 * unrest(excitation))
})

test('a breathier voice repeats less from one period to the next, equally strong', () => {
  const [clear, breathy] = [0.04, 0.3].map((breath) =>
    makeExcitation(new Float64Array(401).fill(100), breath, 16_000, new Chance(randomBytes)).subarray(400, -400),
  )
  const repeats = (samples: Float32Array) =>
    samples.reduce((sum, sample, n) => sum + sample * (samples[n - 80] ?? 0), 0) / power(samples) / samples.length
  expect(repeats(clear!)).toBeGreaterThan(0.97)
  expect(repeats(breathy!)).toBeLessThan(0.94)
  expect(power(breathy!)).toBeCloseTo(power(clear!), 1)
})
