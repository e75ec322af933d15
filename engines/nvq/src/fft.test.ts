import { expect, test } from 'vitest'
import { RealFft } from './fft.ts'

function noise(size: number): Float64Array {
  let state = 12345
  return Float64Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

test('the transform equals its defining sum, for sizes from 4 to 512', () => {
  for (const size of [4, 8, 64, 512]) {
    const fft = new RealFft(size)
    const samples = noise(size)
    const real = new Float64Array(fft.bins)
    const imaginary = new Float64Array(fft.bins)
    fft.forward(samples, real, imaginary)
    for (const bin of [0, 1, size / 4, size / 2 - 1, size / 2]) {
      let re = 0
      let im = 0
      for (let n = 0; n < size; n++) {
        re += samples[n]! * Math.cos((2 * Math.PI * bin * n) / size)
        im -= samples[n]! * Math.sin((2 * Math.PI * bin * n) / size)
      }
      expect(real[bin]).toBeCloseTo(re, 9)
      expect(imaginary[bin]).toBeCloseTo(im, 9)
    }
  }
})

test('the inverse returns the samples', () => {
  const fft = new RealFft(1024)
  const samples = noise(1024)
  const real = new Float64Array(fft.bins)
  const imaginary = new Float64Array(fft.bins)
  const back = new Float64Array(1024)
  fft.forward(samples, real, imaginary)
  fft.inverse(real, imaginary, back)
  for (let n = 0; n < 1024; n++) expect(back[n]).toBeCloseTo(samples[n]!, 12)
})

test('a size that is not a power of two is refused', () => {
  expect(() => new RealFft(480)).toThrow('give a power of two')
})
