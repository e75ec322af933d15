import { expect, test } from 'vitest'
import { bandCount } from './envelope.ts'
import { holdShapes } from './held-shapes.ts'

/** A sound, a pause with its own sound, and a third sound. @param pause frames */
function spokenWithPause(pause: number) {
  const sounds = [
    ...new Array<number>(10).fill(1),
    ...new Array<number>(pause).fill(5),
    ...new Array<number>(10).fill(3),
  ]
  const series = Float32Array.from(
    { length: sounds.length * bandCount },
    (_, at) => sounds[Math.floor(at / bandCount)]!,
  )
  const levels = Float64Array.from(sounds, (sound) => (sound === 5 ? -25 : 0))
  return { series, levels, first: (frame: number) => series[frame * bandCount + 1]! }
}

test('a sound is held as it fades, the next begins early, and between them the original comes through', () => {
  const { series, levels, first } = spokenWithPause(60)
  holdShapes(series, levels, 14)
  expect(first(10)).toBe(1)
  expect(first(69)).toBe(3)
  const fading = Array.from({ length: 30 }, (_, n) => first(10 + n))
  expect(fading.every((value, n) => n === 0 || value >= fading[n - 1]!)).toBe(true)
  expect(first(16)).toBeGreaterThan(2)
  expect(first(40)).toBe(5)
})

test('a short pause keeps nothing of its own', () => {
  const { series, levels, first } = spokenWithPause(4)
  holdShapes(series, levels, 14)
  for (let frame = 10; frame < 14; frame++) expect(first(frame)).toBeLessThan(3.5)
})

test('loud parts, levels, and silence before and after stay unchanged', () => {
  const { series, levels } = spokenWithPause(60)
  const was = series.slice()
  holdShapes(series, levels, 14)
  for (let frame = 0; frame < levels.length; frame++) {
    expect(series[frame * bandCount]).toBe(was[frame * bandCount])
    if (levels[frame] === 0) expect(series[frame * bandCount + 1]).toBe(was[frame * bandCount + 1])
  }
  const alone = was.slice()
  holdShapes(
    alone,
    levels.map((level) => (level === 0 ? -Infinity : level)),
    14,
  )
  expect(alone).toEqual(was)
})
