import { expect, test } from 'vitest'
import { asTrack, vowel, whiteNoise } from '#test/disclosure/spoken-sound.ts'
import { findSpeech, hop } from './voice-activity.ts'

/** A second of noise, a second of a vowel in it, a second of noise. */
const vowelBetweenNoise = (noise: number) =>
  Float64Array.from(asTrack(whiteNoise(24_000).map((value) => value * noise)), (sample, n) => {
    const spoken = n >= 8000 && n < 16_000 ? vowelSamples[n - 8000]! : 0
    return sample / 32768 + spoken
  })
const vowelSamples = vowel(120, 1)

test.each([0, 0.001, 0.01])(
  'speech in noise of %f of full scale is found whole, with at most 200 ms around it',
  (noise) => {
    const { speech } = findSpeech(vowelBetweenNoise(noise))
    const first = speech.indexOf(1) * hop
    const last = speech.lastIndexOf(1) * hop
    expect(first).toBeGreaterThan(8000 - 1600)
    expect(first).toBeLessThanOrEqual(8000)
    expect(last).toBeGreaterThanOrEqual(16_000 - hop)
    expect(last).toBeLessThan(16_000 + 1600)
    expect(speech.subarray(8000 / hop, 16_000 / hop).every((mark) => mark === 1)).toBe(true)
  },
)

test('a track of faint noise or silence has no speech', () => {
  expect(findSpeech(whiteNoise(16_000).map((value) => value * 0.0005)).speech.includes(1)).toBe(false)
  expect(findSpeech(new Float64Array(16_000)).speech.includes(1)).toBe(false)
  expect(findSpeech(new Float64Array(0)).speech.length).toBe(1)
})
