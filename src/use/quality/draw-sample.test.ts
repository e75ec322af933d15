import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rankCandidates, type Candidate } from './draw-sample.ts'

/** A random week: how many recordings each official has, how many to draw, and the seed. */
const week = fc.record({
  counts: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 8 }),
  max: fc.integer({ min: 0, max: 40 }),
  seed: fc.string({ minLength: 8, maxLength: 8 }),
})
const candidatesOf = (counts: readonly number[]): Candidate[] =>
  counts.flatMap((count, official) =>
    Array.from({ length: count }, (_, n) => ({ recording: `${official}-${n}`, official })),
  )
const ownerOf = (recording: string) => Number(recording.split('-')[0])

test('a draw orders every candidate once', () => {
  fc.assert(
    fc.property(week, ({ counts, seed }) => {
      const ranked = rankCandidates(candidatesOf(counts), { seed, week: '2026-11-16', earlier: [] })
      expect([...ranked].sort()).toEqual(
        candidatesOf(counts)
          .map(({ recording }) => recording)
          .sort(),
      )
    }),
  )
})

test('among the first N candidates, officials with enough recordings occur equally often, within one', () => {
  fc.assert(
    fc.property(week, ({ counts, max, seed }) => {
      const ranked = rankCandidates(candidatesOf(counts), { seed, week: '2026-11-16', earlier: [] })
      const drawn = ranked.slice(0, max)
      const taken = counts.map((_, official) => drawn.filter((recording) => ownerOf(recording) === official).length)
      const highest = Math.max(...taken)
      taken.forEach((count, official) => {
        if (count < counts[official]!) expect(highest - count).toBeLessThanOrEqual(1)
      })
    }),
  )
})

test('the same seed, week and candidates in any order give the same draw', () => {
  fc.assert(
    fc.property(week, fc.integer(), ({ counts, seed }, offset) => {
      const candidates = candidatesOf(counts)
      const rotated = candidates.map((_, n) => candidates[(n + Math.abs(offset)) % candidates.length]!)
      const method = { seed, week: '2026-11-16', earlier: [] }
      expect(rankCandidates(rotated, method)).toEqual(rankCandidates(candidates, method))
    }),
  )
})

test('another seed or week gives another draw', () => {
  const candidates = candidatesOf([20, 20, 20])
  const method = { seed: 'a', week: '2026-11-16', earlier: [] }
  expect(rankCandidates(candidates, { ...method, seed: 'b' })).not.toEqual(rankCandidates(candidates, method))
  expect(rankCandidates(candidates, { ...method, week: '2026-11-23' })).not.toEqual(rankCandidates(candidates, method))
})

test('officials drawn less often before come first', () => {
  const drawn = rankCandidates(candidatesOf([3, 3, 3]), { seed: 'x', week: '2026-11-16', earlier: [4, 1, 0] })
  expect(drawn.slice(0, 2).map(ownerOf)).toEqual([2, 1])
})
