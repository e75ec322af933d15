// The loudness of speech and pauses can identify a room and a telephone. After levelling it cannot.
import { expect, test } from 'vitest'
import { asTrack, vowel, whiteNoise } from '#test/disclosure/spoken-sound.ts'
import { level } from './loudness.ts'

const second = 8000

/** Returns two seconds of a vowel between seconds of room noise, at the given loudness. */
function noisyTone(loudness: number, noise: number): Int16Array {
  const hiss = whiteNoise(5 * second)
  const track = Float64Array.from(hiss, (sample) => sample * noise)
  for (const [at, sample] of vowel(120, 2).entries()) track[second + at]! += loudness * sample
  return asTrack(track)
}
function levelled(loudness: number, noise: number): Int16Array {
  const track = noisyTone(loudness, noise)
  level(track)
  return track
}
const rms = (samples: Int16Array) => Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length)
const speech = (track: Int16Array) => rms(track.subarray(1.3 * second, 2.7 * second))
const pause = (track: Int16Array) => rms(track.subarray(4 * second))

test('quiet and loud speakers end at the same loudness, the level of telephony', () => {
  const [low, high] = [levelled(0.05, 0.0005), levelled(0.9, 0.0005)]
  expect(speech(noisyTone(0.9, 0.0005)) / speech(noisyTone(0.05, 0.0005))).toBeGreaterThan(10)
  expect(speech(high) / speech(low)).toBeCloseTo(1, 1)
  const decibels = 20 * Math.log10(speech(low) / 32_768)
  expect(decibels).toBeGreaterThan(-28)
  expect(decibels).toBeLessThan(-24)
})

test('pauses have a hiss of -70 dB whatever the room was, never the same twice', () => {
  const rooms = [levelled(0.5, 0), levelled(0.5, 0.004)]
  for (const track of rooms) expect(pause(track)).toBeCloseTo(10, 0)
  expect(rooms[0]!.subarray(4 * second)).not.toEqual(levelled(0.5, 0).subarray(4 * second))
})

test('no sample clips, and a track without speech is only hiss', () => {
  const peaks = noisyTone(0.02, 0)
  peaks[1.5 * second] = 32_767
  level(peaks)
  expect(peaks.every((sample) => Math.abs(sample) <= 30_100)).toBe(true)
  const silent = new Int16Array(2 * second)
  level(silent)
  expect(rms(silent)).toBeCloseTo(10, 0)
})
