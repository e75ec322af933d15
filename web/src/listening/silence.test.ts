import { expect, test } from 'vitest'
import { pastSilence, silencesOf } from './silence.ts'

const peaks = (...runs: [value: number, count: number][]) =>
  Uint8Array.from(runs.flatMap(([value, count]) => Array<number>(count).fill(value)))

test('a silence is a stretch in which neither side speaks, with a little quiet left at its ends', () => {
  const caller = peaks([100, 20], [0, 60], [100, 20])
  const official = peaks([0, 100])
  expect(silencesOf(caller, official, 20)).toEqual([{ fromMs: 1300, toMs: 3700 }])
})

test('speech of one side is not silence, and a pause of one second is too short', () => {
  expect(silencesOf(peaks([0, 100]), peaks([90, 100]), 20)).toEqual([])
  expect(silencesOf(peaks([90, 20], [0, 20], [90, 20]), peaks([0, 60]), 20)).toEqual([])
})

test('a silence at the very end counts', () => {
  expect(silencesOf(peaks([90, 20], [0, 60]), peaks([0, 80]), 20)).toEqual([{ fromMs: 1300, toMs: 3700 }])
})

test('playback skips to the end of a silence, and not from speech', () => {
  const silences = [{ fromMs: 1300, toMs: 3700 }]
  expect(pastSilence(2000, silences)).toBe(3700)
  expect(pastSilence(3700, silences)).toBeUndefined()
  expect(pastSilence(1000, silences)).toBeUndefined()
})
