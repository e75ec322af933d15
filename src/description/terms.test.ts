import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyEndsAt, recordingTerms, termZone } from './terms.ts'

const at = (local: string): Temporal.Instant => Temporal.PlainDateTime.from(local).toZonedDateTime(termZone).toInstant()
const local = (instant: Temporal.Instant): string => instant.toZonedDateTimeISO(termZone).toPlainDateTime().toString()

test('AC1: a call that ended on 3.3.2027 at 10.05 is kept until 3.5. and destroyed by 3.9., and its history ends by 3.5.2028', () => {
  const ended = at('2027-03-03T10:05')
  const terms = recordingTerms(ended, 6)
  expect(local(terms.minKeepUntil)).toBe('2027-05-03T10:05:00')
  expect(local(terms.ceiling)).toBe('2027-09-03T10:05:00')
  expect(local(terms.destroyAt)).toBe('2027-09-02T10:05:00')
  expect(local(historyEndsAt(ended))).toBe('2028-05-03T10:05:00')
})

test('AC6: the terms of a call over New Year count from its end', () => {
  const ended = at('2027-01-01T00:03')
  expect(local(recordingTerms(ended, 2).minKeepUntil)).toBe('2027-03-01T00:03:00')
  expect(local(historyEndsAt(ended))).toBe('2028-03-01T00:03:00')
})

test('AC6: if the day does not exist, the month’s last day counts', () => {
  const august = recordingTerms(at('2026-08-31T12:00'), 6)
  expect(local(august.ceiling)).toBe('2027-02-28T12:00:00')
  expect(local(august.destroyAt)).toBe('2027-02-27T12:00:00')
  expect(local(recordingTerms(at('2026-08-29T12:00'), 6).ceiling)).toBe('2027-02-28T12:00:00')
  expect(local(recordingTerms(at('2026-12-31T12:00'), 2).minKeepUntil)).toBe('2027-02-28T12:00:00')
  expect(local(recordingTerms(at('2027-12-31T12:00'), 2).minKeepUntil)).toBe('2028-02-29T12:00:00')
})

test('AC7: a minimum in the hour that the clock change skips is the later instant, a maximum the earlier one', () => {
  expect(recordingTerms(at('2027-01-28T03:30'), 2).minKeepUntil.toString()).toBe('2027-03-28T01:30:00Z')
  expect(recordingTerms(at('2026-09-28T03:30'), 6).ceiling.toString()).toBe('2027-03-28T00:30:00Z')
  expect(recordingTerms(at('2026-12-28T03:30'), 3).destroyAt.toString()).toBe('2027-03-28T00:30:00Z')
})

test('AC7: a minimum in the hour that the clock change repeats is the later instant, a maximum the earlier one', () => {
  expect(recordingTerms(at('2027-08-31T03:30'), 2).minKeepUntil.toString()).toBe('2027-10-31T01:30:00Z')
  expect(recordingTerms(at('2027-04-30T03:30'), 6).ceiling.toString()).toBe('2027-10-30T00:30:00Z')
  expect(recordingTerms(at('2026-04-25T03:30'), 6).ceiling.toString()).toBe('2026-10-25T00:30:00Z')
})

test('with a term of two months, a recording is destroyed at its minimum and never before', () => {
  const terms = recordingTerms(at('2027-01-28T03:30'), 2)
  expect(terms.destroyAt.equals(terms.minKeepUntil)).toBe(true)
})

test.each([1, 7, 0, 2.5, Number.NaN])('a recording is not kept for %s months (R25)', (months) => {
  expect(() => recordingTerms(at('2027-01-01T00:00'), months)).toThrow(/2 to 6/)
})

const instants = fc
  .integer({ min: Date.UTC(2020, 0), max: Date.UTC(2060, 0) })
  .map((ms) => Temporal.Instant.fromEpochMilliseconds(ms))
/** The hours around both clock changes, and the terms that end in them. */
const aroundChanges = fc
  .tuple(
    fc.integer({ min: 2024, max: 2045 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 24, max: 31 }),
    fc.nat(5 * 60 - 1),
  )
  .map(([year, month, day, minute]) =>
    Temporal.PlainDateTime.from({ year, month, day, hour: Math.floor(minute / 60), minute: minute % 60 })
      .toZonedDateTime(termZone)
      .toInstant(),
  )
const ends = fc.oneof(instants, aroundChanges)
const months = fc.integer({ min: 2, max: 6 })
const compare = (a: Temporal.Instant, b: Temporal.Instant): number => Temporal.Instant.compare(a, b)
const day = (instant: Temporal.Instant): Temporal.PlainDate => instant.toZonedDateTimeISO(termZone).toPlainDate()

test('destruction is between the minimum and the maximum, and the history outlasts the recording (R23, R24, R26)', () => {
  fc.assert(
    fc.property(ends, months, (ended, months) => {
      const { minKeepUntil, destroyAt, ceiling } = recordingTerms(ended, months)
      expect(compare(minKeepUntil, destroyAt)).toBeLessThanOrEqual(0)
      expect(compare(destroyAt, ceiling)).toBeLessThanOrEqual(0)
      expect(compare(ceiling, historyEndsAt(ended))).toBeLessThan(0)
    }),
    { numRuns: 3_000 },
  )
})

test('a call that ended on a later day is not destroyed on an earlier one', () => {
  fc.assert(
    fc.property(ends, ends, months, (a, b, months) => {
      const [first, second] = compare(a, b) <= 0 ? [a, b] : [b, a]
      const order = (of: (ended: Temporal.Instant) => Temporal.Instant): number =>
        Temporal.PlainDate.compare(day(of(first)), day(of(second)))
      expect(order((ended) => recordingTerms(ended, months).minKeepUntil)).toBeLessThanOrEqual(0)
      expect(order((ended) => recordingTerms(ended, months).ceiling)).toBeLessThanOrEqual(0)
      expect(order((ended) => recordingTerms(ended, months).destroyAt)).toBeLessThanOrEqual(0)
      expect(order(historyEndsAt)).toBeLessThanOrEqual(0)
    }),
    { numRuns: 3_000 },
  )
})

test('more months never cause an earlier destruction', () => {
  fc.assert(
    fc.property(ends, fc.integer({ min: 2, max: 5 }), (ended, months) => {
      const shorter = recordingTerms(ended, months).destroyAt
      expect(compare(shorter, recordingTerms(ended, months + 1).destroyAt)).toBeLessThanOrEqual(0)
    }),
  )
})
