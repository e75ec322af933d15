import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Chance } from './chance.ts'
import { drawVoicing, voicedAsDrawn } from './drawn-voicing.ts'

/** Frames without voice, with voice at this pitch, and so on. */
const pitchOf = (...stretches: readonly (readonly [frames: number, hertz: number])[]) =>
  Float64Array.from(stretches.flatMap(([frames, hertz]) => Array.from({ length: frames }, () => hertz)))
const voiced = (pitch: Float64Array) => [...pitch].map((hertz) => (hertz > 0 ? 'v' : '-')).join('')

test('voice comes earlier and goes later as drawn, at the pitch of its ends, or the other way round', () => {
  const pitch = pitchOf([5, 0], [5, 100], [5, 0])
  expect(voicedAsDrawn(pitch, { edge: 2, gap: 0, breath: 0 })).toEqual(pitchOf([3, 0], [9, 100], [3, 0]))
  expect(voiced(voicedAsDrawn(pitch, { edge: -2, gap: 0, breath: 0 }))).toBe('-------v-------')
  expect(voicedAsDrawn(pitch, { edge: 0, gap: 0, breath: 0 })).toEqual(pitch)
})

test('a gap of voice is closed if it is no longer than drawn, from the pitch before it to that after it; a pause stays', () => {
  const pitch = pitchOf([4, 0], [3, 100], [3, 0], [3, 200], [4, 0], [3, 150], [4, 0])
  const closed = voicedAsDrawn(pitch, { edge: 0, gap: 3, breath: 0 })
  expect(voiced(closed)).toBe('----vvvvvvvvv----vvv----')
  expect(closed[7]).toBeGreaterThan(100)
  expect(closed[8]).toBeCloseTo(100 * Math.sqrt(2), 6)
  expect(closed[9]).toBeLessThan(200)
  expect(voiced(voicedAsDrawn(pitch, { edge: 0, gap: 2, breath: 0 }))).toBe(voiced(pitch))
})

test('each track has a voicing of its own, some breathier and some later than others', () => {
  const chance = new Chance(randomBytes)
  const drawn = Array.from({ length: 200 }, () => drawVoicing(chance))
  expect(new Set(drawn.map(({ edge }) => edge)).size).toBeGreaterThan(5)
  expect(new Set(drawn.map(({ gap }) => gap)).size).toBeGreaterThan(5)
  const breaths = drawn.map(({ breath }) => breath)
  expect(Math.max(...breaths)).toBeGreaterThan(3 * Math.min(...breaths))
})
