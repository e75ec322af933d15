import { expect, test } from 'vitest'
import { newMelody, type Melody } from './melody.ts'

/** Stretches of 300 ms with 100 ms between them, each rising by this much per second, around 200 Hz. */
const speech = (rise: number) =>
  Float64Array.from({ length: 2000 }, (_, frame) => {
    const at = frame % 80
    return at < 60 ? 200 * Math.exp(((at - 29.5) * rise) / 200 + 0.1 * Math.sin(frame / 300)) : 0
  })
const plain: Melody = {
  level: 120,
  slope: 0,
  keptSlope: 0.7,
  range: 1,
  reach: 6,
  course: new Float64Array(2000),
}
/** Of the logarithm, per second of voice, from frame to frame. */
function riseOf(pitch: Float64Array): number {
  const moves = [...pitch.keys()].flatMap((frame) =>
    frame > 0 && pitch[frame]! > 0 && pitch[frame - 1]! > 0 ? [Math.log(pitch[frame]! / pitch[frame - 1]!)] : [],
  )
  return (200 * moves.reduce((sum, move) => sum + move, 0)) / moves.length
}

test('a voice rises on average as drawn, whether it fell or rose originally', () => {
  for (const slope of [-0.3, 0, 0.1])
    for (const own of [-0.8, 0, 0.8]) expect(riseOf(newMelody(speech(own), { ...plain, slope }))).toBeCloseTo(slope, 2)
})

test('voicing stays where it was, at about the drawn level', () => {
  const melody = newMelody(speech(-0.5), plain)
  expect([...melody].map((hertz) => hertz > 0)).toEqual([...speech(-0.5)].map((hertz) => hertz > 0))
  const voiced = [...melody].filter((hertz) => hertz > 0).sort((one, other) => one - other)
  expect(Math.abs(Math.log(voiced[Math.floor(voiced.length / 2)]! / 120))).toBeLessThan(0.05)
  expect(newMelody(new Float64Array(100), plain)).toEqual(new Float64Array(100))
})
