import { expect, test } from 'vitest'
import { answersOf, lastQuarters } from './quality-shapes.ts'

test('quarters are listed newest first across the turn of the year, each once', () => {
  expect(lastQuarters(Date.parse('2026-05-31T12:00:00Z')).slice(0, 4)).toEqual([
    '2026-Q2',
    '2026-Q1',
    '2025-Q4',
    '2025-Q3',
  ])
  // New Year in Helsinki.
  expect(lastQuarters(Date.parse('2026-12-31T22:00:00Z'))[0]).toBe('2027-Q1')
  expect(lastQuarters(Date.parse('2026-12-31T21:59:59Z'))[0]).toBe('2026-Q4')
  expect(new Set(lastQuarters(Date.parse('2026-12-31T22:00:00Z'))).size).toBe(8)
})

test('an answer on a scale of more than ten points is typed, and not chosen', () => {
  expect(answersOf({ kind: 'points', most: 3 })).toEqual([0, 1, 2, 3])
  expect(answersOf({ kind: 'points', most: 11 })).toBeUndefined()
})
