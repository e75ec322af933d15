import { expect, test } from 'vitest'
import { closed, moved, voicedIn, voicedStretches } from './voiced-stretches.ts'

const pitch = Float64Array.from('--vvvv-vvv---v-----vvvvvvvvv----vv', (frame) => (frame === 'v' ? 120 : 0))
const own = voicedStretches(pitch)
const drawn = (of: Float64Array) => [...of].map((hertz) => (hertz > 0 ? 'v' : '-')).join('')

test('a stretch begins with its first voiced frame and ends after its last', () => {
  expect(own).toEqual([
    { from: 2, to: 6 },
    { from: 7, to: 10 },
    { from: 13, to: 14 },
    { from: 19, to: 28 },
    { from: 32, to: 34 },
  ])
  expect(voicedStretches(new Float64Array(5))).toEqual([])
  expect(voicedIn(pitch, own)).toEqual(pitch)
})

test('gaps up to the given length are closed', () => {
  expect(drawn(voicedIn(pitch, closed(own, 1)))).toBe('--vvvvvvvv---v-----vvvvvvvvv----vv')
  expect(drawn(voicedIn(pitch, closed(own, 3)))).toBe('--vvvvvvvvvvvv-----vvvvvvvvv----vv')
})

test('voicing starts and ends earlier or later, and loses a share of its length', () => {
  const edges = (frames: number, lost = 0) => drawn(voicedIn(pitch, moved(own, { frames, lost }, pitch.length)))
  expect(edges(0)).toBe(drawn(pitch))
  expect(edges(1)).toBe('-vvvvvvvvvv-vvv---vvvvvvvvvvv--vvv')
  expect(edges(9)).toBe('v'.repeat(34))
  expect(edges(-1)).toBe('---vv---v-----------vvvvvvv-------')
  expect(edges(0, 0.45)).toBe('---vv---v----v-------vvvvv------vv')
  expect(edges(-5)).toBe('-'.repeat(34))
})

test('pitch is the original, interpolated over gaps and constant at the ends', () => {
  const two = Float64Array.from([0, 0, 100, 110, 0, 0, 0, 200, 180, 0, 0])
  const all = voicedIn(two, [{ from: 1, to: 11 }])
  expect([...all.subarray(0, 4)]).toEqual([0, 100, 100, 110])
  expect(all[5]).toBeCloseTo(Math.sqrt(110 * 200), 6)
  expect(all[4]! < all[5]! && all[5]! < all[6]! && all[6]! < 200).toBe(true)
  expect([...all.subarray(7)]).toEqual([200, 180, 180, 180])
})
