import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Chance } from './chance.ts'
import { drawVoicing, voicedAsDrawn } from './drawn-voicing.ts'

/** Frames without voice, with voice at this pitch, and so on. */
const pitchOf = (...stretches: readonly (readonly [frames: number, hertz: number])[]) =>
  Float64Array.from(stretches.flatMap(([frames, hertz]) => Array.from({ length: frames }, () => hertz)))
const voiced = (pitch: Float64Array) => [...pitch].map((hertz) => (hertz > 0 ? 'v' : '-')).join('')
const shareOf = (pitch: Float64Array) => pitch.filter((hertz) => hertz > 0).length / pitch.length

/** Half a minute of stretches of voice with gaps between them, all equally loud. */
const speech = (voice: number, gap: number) =>
  pitchOf(
    ...Array.from(
      { length: Math.round(6000 / (voice + gap)) },
      () =>
        [
          [voice, 120],
          [gap, 0],
        ] as const,
    ).flat(),
  )
const evenly = (pitch: Float64Array) => new Float64Array(pitch.length)

test('two voices, one voiced for half as long, get the same share', () => {
  const [much, little] = [speech(40, 20), speech(20, 20)]
  expect(shareOf(much) - shareOf(little)).toBeGreaterThan(0.15)
  for (const share of [0.5, 0.6, 0.7])
    for (const pitch of [much, little])
      expect(Math.abs(shareOf(voicedAsDrawn(pitch, evenly(pitch), { share, stretches: 5 })) - share)).toBeLessThan(0.03)
})

test('an almost always voiced track is voiced as little as drawn', () => {
  const always = speech(300, 20)
  expect(shareOf(always)).toBeGreaterThan(0.9)
  for (const share of [0.5, 0.7]) {
    const drawn = voicedAsDrawn(always, evenly(always), { share, stretches: 0.7 })
    expect(Math.abs(shareOf(drawn) - share)).toBeLessThan(0.06)
  }
})

test('a voice that breaks off more often than drawn does so less if its gaps are short', () => {
  const stretches = (pitch: Float64Array) => (voiced(pitch).match(/v+/g)!.length * 200) / pitch.length
  const broken = pitchOf(
    ...Array.from(
      { length: 100 },
      () =>
        [
          [20, 120],
          [6, 0],
          [20, 110],
          [14, 0],
        ] as const,
    ).flat(),
  )
  expect(stretches(broken)).toBeCloseTo(6.7, 1)
  const less = voicedAsDrawn(broken, evenly(broken), { share: 0.7, stretches: 3.3 })
  expect(stretches(less)).toBeCloseTo(3.3, 1)
  expect(stretches(voicedAsDrawn(broken, evenly(broken), { share: 0.7, stretches: 6.6 }))).toBeCloseTo(6.7, 1)
})

test('inaudible parts do not count, and a nearly inaudible track keeps its voicing', () => {
  const pitch = pitchOf([600, 120], [600, 0], [1200, 0])
  const loudness = Float64Array.from(pitch, (_, frame) => (frame < 1200 ? 0 : -40))
  expect(voicedAsDrawn(pitch, loudness, { share: 0.5, stretches: 2 })).toEqual(pitch)
  const short = pitchOf([20, 120], [10, 0])
  expect(voicedAsDrawn(short, evenly(short), { share: 0.9, stretches: 2 })).toEqual(short)
})

test('each track has its own voicing, with different breathiness and voiced share', () => {
  const chance = new Chance(randomBytes)
  const drawn = Array.from({ length: 200 }, () => drawVoicing(chance))
  const range = (of: 'share' | 'stretches' | 'breath') => {
    const values = drawn.map((one) => one[of])
    return Math.max(...values) / Math.min(...values)
  }
  expect(range('share')).toBeGreaterThan(1.4)
  expect(range('stretches')).toBeGreaterThan(1.4)
  expect(range('breath')).toBeGreaterThan(3)
})
