import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Chance } from './chance.ts'
import { drawDynamics, dynamicsAsDrawn, type Dynamics } from './drawn-dynamics.ts'
import { heardBelow, heardLevels } from './heard-levels.ts'
import { belowLoud, loudOf } from './turn-starts.ts'

const plain: Dynamics = { width: 1, soft: 1, loud: 1 }
const asEverybody = new Float64Array(6).fill(1)
const nothing = new Float64Array(4000)
/**
 * Twenty seconds that rise and fall with pauses: distributed evenly, or to a power, between loud and a number of dB
 * below.
 */
const speech = (depth: number, power: number) =>
  Float64Array.from({ length: 4000 }, (_, frame) => {
    if (frame % 1000 > 900) return -Infinity
    return -depth * Math.abs(((frame % 160) - 80) / 80) ** power
  })
const made = (levels: Float64Array, draw: Dynamics, above = nothing, starts = new Uint8Array(levels.length)) => {
  const own = levels.slice()
  dynamicsAsDrawn(own, above, starts, draw, asEverybody)
  return own
}
/** dB below the loud. */
function quantile(levels: Float64Array, share: number, above = nothing): number {
  const heard = heardLevels(levels, above)
  const loud = loudOf(heard)
  const sorted = heard.filter((level) => level > loud - heardBelow && level <= loud).sort()
  return loud - sorted[Math.round(share * (sorted.length - 1))]!
}

test('the level of a voice below its loud parts becomes the average one', () => {
  const voices = [speech(10, 1), speech(24, 1), speech(24, 3)]
  const spread = (share: number, of: readonly Float64Array[]) => {
    const values = of.map((levels) => quantile(levels, share))
    return Math.max(...values) - Math.min(...values)
  }
  for (const share of [0.14, 0.3, 0.5, 0.7]) {
    expect(spread(share, voices)).toBeGreaterThan(4)
    expect(
      spread(
        share,
        voices.map((levels) => made(levels, plain)),
      ),
    ).toBeLessThan(1.5)
  }
})

test('this applies to heard loudness: to a dark and a bright sound of equal level', () => {
  const above = Float64Array.from({ length: 4000 }, (_, frame) => (frame % 40 < 20 ? 5 : -5))
  const levels = speech(24, 1)
  for (const share of [0.2, 0.5])
    expect(
      Math.abs(quantile(made(levels, plain, above), share, above) - quantile(made(levels, plain), share)),
    ).toBeLessThan(1.5)
})

test('levels are wider, softer or less loud as drawn', () => {
  const levels = speech(24, 1)
  const at = (share: number, draw: Partial<Dynamics>) => quantile(made(levels, { ...plain, ...draw }), share)
  expect(at(0.3, { width: 1.3 })).toBeGreaterThan(at(0.3, {}) + 2)
  expect(at(0.3, { width: 0.8 })).toBeLessThan(at(0.3, {}) - 1.5)
  expect(at(0.2, { soft: 1.1 })).toBeGreaterThan(at(0.2, {}) + 0.8)
  expect(Math.abs(at(0.5, { soft: 1.1 }) - at(0.5, {}))).toBeLessThan(0.3)
  expect(at(0.5, { loud: 1.1 })).toBeGreaterThan(at(0.5, {}) + 0.4)
})

test('inaudible parts, silence, and a nearly inaudible track stay unchanged', () => {
  const levels = speech(60, 1)
  const own = made(levels, plain)
  const heard = heardLevels(levels, nothing)
  const notHeard = [...levels.keys()].filter((frame) => heard[frame]! < loudOf(heard) - heardBelow - 3)
  expect(notHeard.length).toBeGreaterThan(500)
  expect(notHeard.map((frame) => own[frame])).toEqual(notHeard.map((frame) => levels[frame]))
  const short = Float64Array.from({ length: 60 }, (_, frame) => (frame < 30 ? -frame / 10 : -Infinity))
  expect(made(short, plain)).toEqual(short)
})

test('a turn is heard from its original start, by audible loudness, and not in the pause before', () => {
  // A turn is bright at its start and dark before that. By levels alone it would be heard earlier.
  const above = Float64Array.from({ length: 4000 }, (_, frame) => (frame < 2000 ? 8 : -8))
  const levels = Float64Array.from({ length: 4000 }, (_, frame) => {
    if (frame >= 2000 && frame < 2020) return frame - 2024
    return frame >= 1900 && frame < 2000 ? -30 : -10 * Math.abs(((frame % 160) - 80) / 80)
  })
  const starts = new Uint8Array(4000)
  starts[2000] = 1
  for (const width of [0.7, 1.4]) {
    const own = made(levels, { ...plain, width }, above, starts)
    const heardFrom = loudOf(heardLevels(own, above)) - belowLoud
    for (let frame = 1960; frame < 2000; frame++) expect(own[frame]! + above[frame]!).toBeLessThan(heardFrom)
    for (let frame = 2000; frame < 2004; frame++) expect(own[frame]! + above[frame]!).toBeGreaterThan(heardFrom)
  }
})

test('each track has its own dynamics', () => {
  const chance = new Chance(randomBytes)
  const drawn = Array.from({ length: 200 }, () => drawDynamics(chance).width)
  expect(Math.max(...drawn) / Math.min(...drawn)).toBeGreaterThan(1.4)
})
