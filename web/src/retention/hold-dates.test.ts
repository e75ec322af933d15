import { CalendarDate, Time } from '@internationalized/date'
import { expect, test } from 'vitest'
import { holdUntil, instantOf, lastHoldDay, todayAt } from './hold-dates.ts'

const now = Date.parse('2026-11-30T13:40:00Z')

test('an order lasts until the end of the chosen day', () => {
  expect(holdUntil(new CalendarDate(2026, 12, 24), now)).toBe('2026-12-24T22:00:00.000Z')
})

test('an order lasts three calendar months at most, to the end of February if there is no such day', () => {
  expect(lastHoldDay(now).toString()).toBe('2027-02-28')
  expect(holdUntil(lastHoldDay(now), now)).toBe('2027-02-28T13:39:00.000Z')
  expect(holdUntil(new CalendarDate(2027, 3, 5), now)).toBe('2027-02-28T13:39:00.000Z')
})

test('a day begins in Finland, and an appointment is in local time', () => {
  expect(todayAt(Date.parse('2026-11-29T22:30:00Z')).toString()).toBe('2026-11-30')
  expect(instantOf(new CalendarDate(2026, 7, 1), new Time(9, 30))).toBe('2026-07-01T06:30:00.000Z')
})
