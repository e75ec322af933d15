import { expect, test } from 'vitest'
import { dueBySpan, heightsOf, spansFrom, totalsOf } from './due.ts'
import { readDueFilters, readHoldState } from './retention-shapes.ts'

const autumn = Date.parse('2026-10-24T09:20:00Z')

test('days and months are those of Finland, also at a clock change', () => {
  const days = spansFrom(autumn, 'day')
  expect(days).toHaveLength(31)
  expect(days.slice(0, 3).map(({ from }) => from)).toEqual([
    '2026-10-23T21:00:00.000Z',
    '2026-10-24T21:00:00.000Z',
    '2026-10-25T22:00:00.000Z',
  ])
  const months = spansFrom(autumn, 'month')
  expect(months[0]).toEqual({ from: '2026-09-30T21:00:00.000Z', until: '2026-10-31T22:00:00.000Z' })
  expect(months).toHaveLength(15)
})

test('a missing span has nothing due, and a span split by the server is added up', () => {
  const spans = spansFrom(autumn, 'day')
  const one = (from: string, recordings: number) => ({ from, until: from, recordings, contacts: 1 })
  const due = dueBySpan(spans, [
    one('2026-10-24T21:00:00Z', 3),
    one('2026-10-25T21:59:59Z', 4),
    one('2026-10-25T22:00:00Z', 5),
    one('2027-10-25T22:00:00Z', 6),
  ])
  expect(due.slice(0, 4).map(({ recordings }) => recordings)).toEqual([0, 7, 5, 0])
  expect(totalsOf(due, 'recordings')).toMatchObject({ total: 12, peak: { recordings: 7 } })
  expect(totalsOf(dueBySpan(spans, []), 'contacts')).toEqual({ total: 0 })
})

test('one record among a million still has a bar', () => {
  expect(heightsOf([0, 1, 1_000_000])).toEqual([0, 0.03, 1])
  expect(heightsOf([0, 0])).toEqual([0, 0])
})

test('a URL has the resolution and the number, and anything else is dropped', () => {
  expect(readDueFilters({ by: 'month', number: '+35829497000', x: '1' })).toEqual({
    by: 'month',
    number: '+35829497000',
  })
  expect(readDueFilters({ by: 'day', number: 'Aino' })).toEqual({})
  expect(readDueFilters({ by: 'hour' })).toEqual({})
  expect([readHoldState({ state: 'ended' }), readHoldState({ state: 'x' })]).toEqual([{ state: 'ended' }, {}])
})
