import { CalendarDate } from '@internationalized/date'
import { expect, test } from 'vitest'
import { filtersOfSaved, searchToSave, withSaved } from './saved-searches.ts'

const today = new CalendarDate(2026, 3, 1)

test('a saved search for yesterday searches the day before its use', () => {
  const search = searchToSave('Eilen', { official: 'aino', from: '2026-02-28', to: '2026-02-28' }, today)
  expect(filtersOfSaved(search, new CalendarDate(2026, 11, 24))).toEqual({
    official: 'aino',
    from: '2026-11-23',
    to: '2026-11-23',
  })
})

test('a saved search for the last seven days moves with the calendar, also across a clock change', () => {
  const search = searchToSave('Viikko', { from: '2026-02-23', to: '2026-03-01' }, today)
  expect(filtersOfSaved(search, new CalendarDate(2026, 4, 1))).toEqual({ from: '2026-03-26', to: '2026-04-01' })
})

test('earlier days, and days with a time, do not move', () => {
  for (const filters of [
    { from: '2026-01-05', to: '2026-01-06' },
    { from: '2026-02-28T08:00', to: '2026-02-28T16:00' },
  ]) {
    expect(filtersOfSaved(searchToSave('A', filters, today), new CalendarDate(2026, 11, 24))).toEqual(filters)
  }
})

test('a caller’s number is not stored', () => {
  expect(JSON.stringify(searchToSave('A', { caller: '040 123 4567', recorded: 'none' }, today))).not.toContain('4567')
})

test('a search saved under a used name replaces the earlier search', () => {
  const [old, other, fresh] = [
    searchToSave('A', { recorded: 'none' }, today),
    searchToSave('B', {}, today),
    searchToSave('A', { recorded: 'available' }, today),
  ]
  expect(withSaved([old, other], fresh)).toEqual([other, fresh])
})
