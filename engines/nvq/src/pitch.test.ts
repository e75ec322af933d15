import { expect, test } from 'vitest'
import { asTrack, vowel, whiteNoise } from '../../../test/disclosure/spoken-sound.ts'
import { analyse } from './analysis.ts'

const median = (values: Float64Array) => [...values].filter((hertz) => hertz > 0).sort((a, b) => a - b)

test.each([75, 110, 150, 220, 310, 390])('the pitch of a vowel at %i Hz is found within 2 %%', (hertz) => {
  const { pitch } = analyse({ samples: asTrack(vowel(hertz, 1)), redacted: [] })
  const found = median(pitch)
  expect(found.length).toBeGreaterThan(150)
  const middle = found[Math.floor(found.length / 2)]!
  expect(Math.abs(middle / hertz - 1)).toBeLessThan(0.02)
})

test('a telephone that removes the fundamental does not double the pitch', () => {
  const thin = vowel(120, 1, 300)
  const found = median(analyse({ samples: asTrack(thin), redacted: [] }).pitch)
  expect(Math.abs(found[Math.floor(found.length / 2)]! / 120 - 1)).toBeLessThan(0.02)
})

test('noise and silence have no pitch', () => {
  const noise = whiteNoise(8000).map((value) => value / 5)
  const voiced = analyse({ samples: asTrack(noise), redacted: [] }).pitch.filter((hertz) => hertz > 0)
  expect(voiced.length).toBeLessThan(12)
  expect(analyse({ samples: new Int16Array(8000), redacted: [] }).pitch.some((hertz) => hertz > 0)).toBe(false)
})
