import { CalendarDate, Time } from '@internationalized/date'
import { expect, test } from 'vitest'
import { draftOf, filtersOf, problemsOf } from './draft.ts'

const empty = draftOf({})
const day = new CalendarDate(2026, 11, 24)

test('form and URL convert into each other', () => {
  const filters = { caller: '040 123 4567', from: '2026-11-24T08:00', to: '2026-11-25', recorded: 'available' } as const
  expect(filtersOf(draftOf(filters))).toEqual(filters)
})

test('a number can be written in any form, but not with letters or without digits', () => {
  for (const caller of ['', ' ', '040 123 4567', '+358 (0)40-123 45 67', '00358401234567', '09.123/456']) {
    expect(problemsOf({ ...empty, caller }), caller).toEqual({})
  }
  for (const caller of ['abc', '+', '040x', '---']) {
    expect(problemsOf({ ...empty, caller }), caller).toEqual({ caller: 'contacts.search.caller.wrong' })
  }
})

test('an end before its start is reported, and so is a time without a day', () => {
  const before = day.subtract({ days: 1 })
  expect(problemsOf({ ...empty, days: { start: day, end: before } })).toEqual({ days: 'contacts.search.days.wrong' })
  expect(problemsOf({ ...empty, fromTime: new Time(8) })).toEqual({ times: 'contacts.search.time.needsDays' })
  const sameDay = { ...empty, days: { start: day, end: day }, fromTime: new Time(15) }
  expect(problemsOf({ ...sameDay, toTime: new Time(10) })).toEqual({ times: 'contacts.search.time.wrong' })
  expect(problemsOf({ ...sameDay, toTime: new Time(16) })).toEqual({})
})
