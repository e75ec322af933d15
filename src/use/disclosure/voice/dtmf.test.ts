import { expect, test } from 'vitest'
import { asTrack, spokenDialogue, vowel, whiteNoise } from '#test/disclosure/spoken-sound.ts'
import { findKeyTones } from './dtmf.ts'

const rows = [697, 770, 852, 941]
const columns = [1209, 1336, 1477, 1633]

/** Each key sounds for `soundMs` and is then silent for the same time. */
function press(keys: number, soundMs: number, loudness: number): Float64Array {
  const each = soundMs * 8
  return Float64Array.from({ length: keys * 2 * each }, (_, n) => {
    const key = Math.floor(n / (2 * each)) % 16
    if (n % (2 * each) >= each) return 0
    const tone = (hertz: number) => Math.sin((2 * Math.PI * hertz * n) / 8000)
    return loudness * (tone(rows[key >> 2]!) + 0.8 * tone(columns[key & 3]!))
  })
}

test.each([
  [100, 0.3],
  [50, 0.3],
  [80, 0.03],
])('sixteen keys of %i ms at %f of full scale are found as one span covering all', (soundMs, loudness) => {
  const before = 4000
  const keys = press(16, soundMs, loudness)
  const noise = whiteNoise(before + keys.length + 4000)
  const samples = noise.map((value, n) => value * 0.002 + (keys[n - before] ?? 0))
  const spans = findKeyTones(asTrack(samples))
  expect(spans).toHaveLength(1)
  expect(Math.abs(spans[0]!.from - before)).toBeLessThan(200)
  // The silence after the last key is not covered.
  expect(Math.abs(spans[0]!.to - (before + keys.length - soundMs * 8))).toBeLessThan(250)
})

test('keys more than a quarter of a second apart are separate spans', () => {
  const samples = new Float64Array(16_000)
  samples.set(press(1, 100, 0.3), 2000)
  samples.set(press(1, 100, 0.3), 9000)
  expect(findKeyTones(asTrack(samples))).toHaveLength(2)
})

test('speech, a vowel, noise and silence are not taken for keys', () => {
  expect(findKeyTones(spokenDialogue('car-tax'))).toEqual([])
  expect(findKeyTones(spokenDialogue('alv-rekisterointi'))).toEqual([])
  expect(findKeyTones(asTrack(vowel(697 / 4, 1)))).toEqual([])
  expect(findKeyTones(asTrack(whiteNoise(16_000)))).toEqual([])
  expect(findKeyTones(new Int16Array(16_000))).toEqual([])
})
