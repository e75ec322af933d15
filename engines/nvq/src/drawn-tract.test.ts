import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Chance } from './chance.ts'
import { drawTract } from './drawn-tract.ts'

test('a drawn tract keeps the order of frequencies and both ends, and differs at each draw', () => {
  const chance = new Chance(randomBytes)
  const tracts = Array.from({ length: 20 }, () => drawTract(chance))
  for (const tract of tracts) {
    const places = Array.from({ length: 81 }, (_, step) => tract(50 * step))
    expect(places[0]).toBe(0)
    expect(places.at(-1)).toBeCloseTo(4000, 6)
    for (let step = 1; step < places.length; step++) expect(places[step]!).toBeGreaterThan(places[step - 1]!)
  }
  expect(new Set(tracts.map((tract) => tract(1000))).size).toBe(20)
  for (const tract of tracts) expect(Math.abs(Math.log(tract(1000) / 1000))).toBeLessThan(0.22)
})
