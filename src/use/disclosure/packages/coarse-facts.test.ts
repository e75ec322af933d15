import { expect, test } from 'vitest'
import { coarseFacts, minShared, type FactsOfCall } from './coarse-facts.ts'

const call = (startedAt: string, rest: Partial<FactsOfCall> = {}): FactsOfCall => ({
  startedAt: Temporal.Instant.from(startedAt),
  durationMs: 61_200,
  number: null,
  unit: null,
  ...rest,
})

const many = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value)

test('only the month and part of the day of a call are reported, in Finnish local time', () => {
  const reported = (startedAt: string) => {
    const [{ month, band } = {}] = coarseFacts(many(minShared, call(startedAt)))
    return `${month} ${band}`
  }
  // Finland is three hours ahead of UTC in summer and two in winter.
  expect(reported('2026-07-01T04:59:59Z')).toBe('2026-07 other')
  expect(reported('2026-07-01T05:00:00Z')).toBe('2026-07 08-12')
  expect(reported('2026-12-01T09:59:59Z')).toBe('2026-12 08-12')
  expect(reported('2026-12-01T10:00:00Z')).toBe('2026-12 12-17')
  expect(reported('2026-12-31T22:00:00Z')).toBe('2027-01 other')
})

test('a duration is reported in steps of five seconds, never shorter than the sound', () => {
  const reported = [100, 5_000, 5_001, 61_200].map((durationMs) => call('2026-07-01T09:00:00Z', { durationMs }))
  expect(coarseFacts(reported).map(({ durationS }) => durationS)).toEqual([5, 5, 10, 65])
})

test('service numbers and units are labelled with letters, however many there are', () => {
  const calls = Array.from({ length: 28 }, (_, n) => many(minShared, call('2026-07-01T09:00:00Z', { number: `n${n}` })))
  const lines = new Set(coarseFacts(calls.flat()).map(({ line }) => line))
  expect([...lines].slice(24)).toEqual(['Y', 'Z', 'AA', 'AB'])
})

test('a month, a unit and a number are given if at least five recordings of the disclosure share them', () => {
  const july = (rest: Partial<FactsOfCall>) => call('2026-07-01T09:00:00Z', rest)
  const facts = coarseFacts([
    ...many(5, july({ unit: 'customer-service', number: '029 497 000' })),
    ...many(4, july({ unit: 'collection', number: '029 497 000' })),
    call('2026-08-01T09:00:00Z', { number: '029 497 001' }),
  ])
  expect(facts.map(({ month }) => month)).toEqual([...many(9, '2026-07'), undefined])
  expect(facts.map(({ unit }) => unit)).toEqual([...many(5, 'A'), ...many(5, undefined)])
  expect(facts.map(({ line }) => line)).toEqual([...many(9, 'A'), undefined])
})
