import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyEndsAt, recordingTerms, termZone } from '#description/terms.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import type { RegisterTables } from './tables.ts'

const database = await createTestDatabase<RegisterTables>()

/** Ends of calls: at any time, or so that the term ends within three hours of a clock change. */
const anyEnd = fc.oneof(
  fc
    .integer({ min: Date.UTC(2020, 0), max: Date.UTC(2050, 0) })
    .map((ms) => Temporal.Instant.fromEpochMilliseconds(ms)),
  fc
    .record({
      year: fc.integer({ min: 2020, max: 2049 }),
      month: fc.constantFrom(3, 10),
      minutes: fc.integer({ min: -180, max: 180 }),
    })
    .chain(({ year, month, minutes }) => {
      const sunday = Temporal.PlainDate.from({ year, month, day: 31 })
      const local = sunday
        .subtract({ days: sunday.dayOfWeek % 7 })
        .toPlainDateTime('03:00')
        .add({ minutes })
      return fc
        .constantFrom(2, 3, 4, 5, 6, 14)
        .map((months) => local.subtract({ months }).toZonedDateTime(termZone).toInstant())
    }),
)

test('the database computes the terms of calls as the program does, also around clock changes', async () => {
  const ends = fc.sample(anyEnd, { numRuns: 3_000, seed: 50 })
  const { rows } = await database
    .as('seloste_capture')
    .pool.query<{ history: Temporal.Instant; minimum: Temporal.Instant; due: Temporal.Instant }>(
      `select history_ends_after(e) as history, months_after(e, 2) as minimum, destruction_due_at(e, m) as due
     from unnest($1::timestamptz[]) with ordinality as e (e, n), generate_series(2, 6) m order by n, m`,
      [ends],
    )
  const computed = rows.map(({ history, minimum, due }) => [history, minimum, due].map((at) => at.toString()))
  const expected = ends.flatMap((end) =>
    [2, 3, 4, 5, 6].map((months) => {
      const { minKeepUntil, destroyAt } = recordingTerms(end, months)
      return [historyEndsAt(end), minKeepUntil, destroyAt].map((at) => at.toString())
    }),
  )
  expect(computed).toEqual(expected)
})
