import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawSample, type Candidate } from './draw-sample.ts'

/** Officials with so many recordings each. */
const week = fc.record({
  counts: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 8 }),
  most: fc.integer({ min: 0, max: 40 }),
  seed: fc.string({ minLength: 8, maxLength: 8 }),
})
const candidatesOf = (counts: readonly number[]): Candidate[] =>
  counts.flatMap((count, official) =>
    Array.from({ length: count }, (_, n) => ({ recording: `${official}-${n}`, official })),
  )
const ownerOf = (recording: string) => Number(recording.split('-')[0])

test('a draw takes as many as were asked for or as there are, none of them twice', () => {
  fc.assert(
    fc.property(week, ({ counts, most, seed }) => {
      const drawn = drawSample(candidatesOf(counts), { most, seed, week: '2026-11-16', earlier: [] })
      const all = counts.reduce((sum, one) => sum + one, 0)
      expect(drawn).toHaveLength(Math.min(most, all))
      expect(new Set(drawn).size).toBe(drawn.length)
    }),
  )
})

test('officials are drawn equally often, give or take one, as far as they have recordings', () => {
  fc.assert(
    fc.property(week, ({ counts, most, seed }) => {
      const drawn = drawSample(candidatesOf(counts), { most, seed, week: '2026-11-16', earlier: [] })
      const taken = counts.map((_, official) => drawn.filter((one) => ownerOf(one) === official).length)
      const highest = Math.max(...taken)
      taken.forEach((count, official) => {
        if (count < counts[official]!) expect(highest - count).toBeLessThanOrEqual(1)
      })
    }),
  )
})

test('with the seed, the week and the candidates in any order the draw is made again', () => {
  fc.assert(
    fc.property(week, fc.integer(), ({ counts, most, seed }, shuffle) => {
      const candidates = candidatesOf(counts)
      const turned = candidates.map((_, n) => candidates[(n + Math.abs(shuffle)) % candidates.length]!)
      const how = { most, seed, week: '2026-11-16', earlier: [] }
      expect(drawSample(turned, how)).toEqual(drawSample(candidates, how))
    }),
  )
})

test('another seed or another week draws others', () => {
  const candidates = candidatesOf([20, 20, 20])
  const how = { most: 6, seed: 'a', week: '2026-11-16', earlier: [] }
  expect(drawSample(candidates, { ...how, seed: 'b' })).not.toEqual(drawSample(candidates, how))
  expect(drawSample(candidates, { ...how, week: '2026-11-23' })).not.toEqual(drawSample(candidates, how))
})

test('whoever was drawn less often before comes first', () => {
  const drawn = drawSample(candidatesOf([3, 3, 3]), { most: 2, seed: 'x', week: '2026-11-16', earlier: [4, 1, 0] })
  expect(drawn.map(ownerOf)).toEqual([2, 1])
})
