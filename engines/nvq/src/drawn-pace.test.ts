import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Analysis } from './analysis.ts'
import { Chance } from './chance.ts'
import { drawPace, levelsPaced, movementsOf, shapesPaced } from './drawn-pace.ts'
import { bandCount } from './envelope.ts'
import { heardLevels } from './heard-levels.ts'

const frames = 2000
const framesASecond = 200
const asEverybody = new Float64Array(6).fill(1)
const nothing = new Float64Array(frames)
const everyFrame = Uint32Array.from({ length: frames }, (_, frame) => frame)
const analysis = (speech = new Uint8Array(frames).fill(1)): Analysis => ({
  samples: new Float32Array(0),
  level: nothing,
  pitch: nothing,
  speech,
  counted: everyFrame.filter((frame) => speech[frame] === 1),
})

/** Varies slowly, and at this rate per second. */
const course = (hertz: number) =>
  Float64Array.from(everyFrame, (frame) => {
    const turns = (2 * Math.PI * frame) / framesASecond
    return Math.sin(0.7 * turns) + 0.8 * Math.sin(hertz * turns) + 0.3 * Math.sin(3.1 * hertz * turns)
  })
const seriesFor = (hertz: number) => {
  const own = course(hertz)
  return Float32Array.from({ length: frames * bandCount }, (_, at) => own[Math.floor(at / bandCount)]!)
}
const term = (series: Float32Array, order: number) =>
  Float64Array.from(everyFrame, (frame) => series[frame * bandCount + order]!)
/** Autocorrelation of a course at 80 ms: the nearer to one the slower it varies. */
const alike = (values: Float64Array) => {
  let [product, square] = [0, 0]
  for (let frame = 0; frame + 16 < frames; frame++) {
    product += values[frame]! * values[frame + 16]!
    square += values[frame]! ** 2
  }
  return product / square
}

test('movements add up to the course, shortest first', () => {
  const own = course(4)
  const speech = Uint8Array.from(everyFrame, (frame) => (frame % 300 < 250 ? 1 : 0))
  const movements = movementsOf(own, speech)
  for (const frame of [0, 7, 249, 301, 1999])
    if (speech[frame] === 1)
      expect(movements.reduce((sum, movement) => sum + movement[frame]!, 0)).toBeCloseTo(own[frame]!, 9)
  const [shortest, longest] = [movements.at(0)!, movements.at(-1)!]
  expect(alike(shortest)).toBeLessThan(alike(longest) - 0.5)
})

test('fast and slow speakers become more alike', () => {
  const [slow, fast] = [seriesFor(2), seriesFor(5)]
  const apart = () => alike(term(slow, 3)) - alike(term(fast, 3))
  const before = apart()
  for (const series of [slow, fast]) shapesPaced(series, analysis(), asEverybody)
  expect(before).toBeGreaterThan(0.3)
  expect(apart()).toBeLessThan(0.9 * before)
})

test('their heard loudness becomes more alike too', () => {
  const levels = [2, 5].map((hertz) => course(hertz).map((value) => 6 * value - 6))
  const apart = () => {
    const [slow, fast] = levels.map((own) => {
      const heard = heardLevels(own, nothing)
      const mean = heard.reduce((sum, level) => sum + level, 0) / frames
      return alike(heard.map((level) => level - mean))
    })
    return slow! - fast!
  }
  const before = apart()
  for (const own of levels) levelsPaced(own, nothing, asEverybody)
  expect(before).toBeGreaterThan(0.3)
  expect(apart()).toBeLessThan(0.92 * before)
})

test('the pace is faster or slower as drawn', () => {
  const chance = new Chance(randomBytes)
  const made = Array.from({ length: 20 }, () => {
    const series = seriesFor(4)
    shapesPaced(series, analysis(), drawPace(chance).shapes)
    return alike(term(series, 3))
  })
  expect(Math.max(...made) - Math.min(...made)).toBeGreaterThan(0.02)
})

test('silence, the first term, and a track with hardly any speech stay unchanged', () => {
  const speech = Uint8Array.from(everyFrame, (frame) => (frame % 300 < 250 ? 1 : 0))
  const series = seriesFor(4)
  const was = series.slice()
  shapesPaced(series, analysis(speech), asEverybody)
  const at = (frame: number) => series.slice(frame * bandCount, (frame + 1) * bandCount)
  expect(at(270)).toEqual(was.slice(270 * bandCount, 271 * bandCount))
  expect(term(series, 0)).toEqual(term(was, 0))
  expect(at(200)).not.toEqual(was.slice(200 * bandCount, 201 * bandCount))
  const levels = course(4).map((value, frame) => (speech[frame] === 1 ? value : -Infinity))
  levelsPaced(levels, nothing, asEverybody)
  expect(levels[270]).toBe(-Infinity)
  const short = levels.map((level, frame) => (frame < 30 ? level : -Infinity))
  const own = short.slice()
  levelsPaced(own, nothing, asEverybody)
  expect(own).toEqual(short)
})
