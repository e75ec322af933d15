import { expect, test } from 'vitest'
import { coarseFacts, coarseSeconds, type RecordingFacts } from './coarse-facts.ts'

const call = (startedAt: string, rest: Partial<RecordingFacts> = {}): RecordingFacts => ({
  startedAt: Temporal.Instant.from(startedAt),
  durationSeconds: 61.2,
  ...rest,
})

test('of a call’s time its month and a part of the day are told, by the clocks of Finland', () => {
  const told = (startedAt: string) => {
    const [{ month, hours } = { month: '', hours: '' }] = coarseFacts([call(startedAt)])
    return `${month} ${hours}`
  }
  // The clocks are three hours ahead of UTC in summer and two in winter.
  expect(told('2026-07-01T04:59:59Z')).toBe('2026-07 00-08')
  expect(told('2026-07-01T05:00:00Z')).toBe('2026-07 08-12')
  expect(told('2026-12-01T09:59:59Z')).toBe('2026-12 08-12')
  expect(told('2026-12-01T10:00:00Z')).toBe('2026-12 12-16')
  expect(told('2026-12-31T22:00:00Z')).toBe('2027-01 00-08')
  expect(told('2026-12-31T21:59:59Z')).toBe('2026-12 16-24')
})

test('a duration is told in steps of five seconds, never shorter than the sound', () => {
  expect([0, 0.1, 4.9, 5, 5.001, 61.2, 600].map(coarseSeconds)).toEqual([5, 5, 5, 5, 10, 65, 600])
})

test('a unit and a number are told where at least five recordings of the disclosure share them', () => {
  const calls = [
    ...Array.from({ length: 5 }, () => call('2026-07-01T09:00:00Z', { unit: 'Asiakaspalvelu', number: '029 497 000' })),
    ...Array.from({ length: 4 }, () => call('2026-07-01T09:00:00Z', { unit: 'Perintä', number: '029 497 000' })),
    call('2026-07-01T09:00:00Z', { number: '029 497 001' }),
  ]
  const facts = coarseFacts(calls)
  expect(facts.map(({ unit }) => unit)).toEqual([...Array<string>(5).fill('Asiakaspalvelu'), ...Array<undefined>(5)])
  expect(facts.map(({ number }) => number)).toEqual([...Array<string>(9).fill('029 497 000'), undefined])
  expect('unit' in facts[9]!).toBe(false)
})

test('names are by chance, differ, and are others the next time', () => {
  const calls = Array.from({ length: 300 }, () => call('2026-07-01T09:00:00Z'))
  const names = [...coarseFacts(calls), ...coarseFacts(calls)].map(({ name }) => name)
  expect(new Set(names).size).toBe(600)
  for (const name of names) expect(name).toMatch(/^[0-9a-hj-km-np-tv-z]{10}$/)
  let draws = 0
  const twice = () => new Uint8Array(10).fill(draws++ < 2 ? 1 : 2)
  expect(coarseFacts(calls.slice(0, 2), twice).map(({ name }) => name)).toEqual(['1111111111', '2222222222'])
})
