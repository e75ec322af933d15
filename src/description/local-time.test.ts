import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localTime, weekStart } from './local-time.ts'
import { weekdays } from './closed-lists.ts'

const zone = 'Europe/Helsinki'
const at = (text: string) => Temporal.Instant.from(text)

test('an instant has the weekday, time and week of the Finnish calendar, whichever instants were converted before', () => {
  const instants = fc.date({ min: new Date('1999-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(instants, (date) => {
      const local = Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO(zone)
      const { weekday, clockMs, week } = localTime(date.getTime())
      expect(weekday).toBe(weekdays[local.dayOfWeek - 1])
      const { hour, minute, second, millisecond } = local
      expect(clockMs).toBe(((hour * 60 + minute) * 60 + second) * 1000 + millisecond)
      const monday = local.toPlainDate().subtract({ days: local.dayOfWeek - 1 })
      expect(week).toBe(monday.since('1969-12-29').total('days') / weekdays.length)
    }),
    { numRuns: 500 },
  )
})

test('an autumn clock change repeats an hour, and a spring one skips one (AC7)', () => {
  const clock = (text: string) => localTime(at(text).epochMilliseconds).clockMs / 3_600_000
  expect([clock('2026-10-25T00:59:59.999Z'), clock('2026-10-25T01:00:00Z')]).toEqual([expect.closeTo(4), 3])
  expect([clock('2027-03-28T00:59:59.999Z'), clock('2027-03-28T01:00:00Z')]).toEqual([expect.closeTo(3), 4])
})

test('a week begins on Monday at midnight, on either side of a clock change', () => {
  expect(weekStart(at('2026-10-25T21:59:59Z'))).toEqual(at('2026-10-18T21:00:00Z'))
  expect(weekStart(at('2026-10-25T22:00:00Z'))).toEqual(at('2026-10-25T22:00:00Z'))
  for (const text of ['2026-10-25T22:00:00Z', '2027-03-28T21:00:00Z']) {
    const start = at(text)
    expect(localTime(start.epochMilliseconds).week).toBe(localTime(start.epochMilliseconds - 1).week + 1)
  }
})
