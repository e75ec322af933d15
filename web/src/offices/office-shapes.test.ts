import { parseDate, Time } from '@internationalized/date'
import { describe, expect, test } from 'vitest'
import type { Appointment } from '../api/shapes.ts'
import { agendaOf, byDay, mondayOf, readWeek, seriesTimes, slotsToOffer, type Slot } from './office-shapes.ts'

const slot = (startsAt: string, office = 'Oulu'): Slot => ({
  id: startsAt,
  office: { id: office, names: { fi: office, sv: office, en: office }, address: { fi: '', sv: '', en: '' } },
  startsAt,
  endsAt: new Date(Date.parse(startsAt) + 3_600_000).toISOString(),
  host: { id: 'h', name: 'Paula' },
  isBooked: false,
})

describe('a series of slots', () => {
  test('runs from the first to the last that ends in time', () => {
    expect(seriesTimes(new Time(9), new Time(11, 30), 60)).toEqual(['9.00–10.00', '10.00–11.00'])
  })

  test('is empty if its end comes before the first slot ends, or a value is missing', () => {
    expect([seriesTimes(new Time(9), new Time(9, 30), 60), seriesTimes(null, new Time(9), 30)]).toEqual([[], []])
  })
})

test('a week begins on Monday, and a URL with another day is moved to it', () => {
  expect(mondayOf(parseDate('2026-11-29')).toString()).toBe('2026-11-23')
  expect([readWeek({ week: '2026-11-26' }), readWeek({ week: '2026-13-45' }), readWeek({})]).toEqual([
    { week: '2026-11-23' },
    {},
    {},
  ])
})

test('a slot just after midnight in Finland belongs to the Finnish day', () => {
  expect(byDay([slot('2026-11-26T22:15:00Z'), slot('2026-11-26T07:00:00Z')]).map(({ key }) => key)).toEqual([
    '26.11.2026',
    '27.11.2026',
  ])
})

test('slots are offered at every office, the first ones of each, with the number of further ones', () => {
  const offered = slotsToOffer(
    [
      slot('2026-11-27T09:00:00Z'),
      slot('2026-11-26T09:00:00Z', 'Turku'),
      slot('2026-11-26T10:00:00Z'),
      slot('2026-11-28T10:00:00Z'),
    ],
    2,
  )
  expect(
    offered.map(({ key, items, more }) => [key, items.map(({ startsAt }) => startsAt.slice(8, 10)), more]),
  ).toEqual([
    ['Turku', ['26'], 0],
    ['Oulu', ['26', '27'], 1],
  ])
})

test('ended appointments without an outcome come first', () => {
  const booked = (startsAt: string, state: Appointment['state'] = 'BOOKED'): Appointment => ({
    id: startsAt,
    requestId: 'r',
    requestNumber: 'P-2026-1',
    language: 'fi',
    slot: slot(startsAt),
    needs: [],
    state,
    bookedAt: startsAt,
    isUrgent: false,
    canBeOpened: false,
  })
  const agenda = agendaOf(
    [
      booked('2026-11-27T09:00:00Z'),
      booked('2026-11-26T12:00:00Z'),
      booked('2026-11-26T07:00:00Z'),
      booked('2026-11-26T06:00:00Z', 'HEARD'),
    ],
    Date.parse('2026-11-26T11:00:00Z'),
  )
  const hours = (list: Appointment[]) => list.map(({ id }) => id.slice(8, 13))
  expect([hours(agenda.withoutOutcome), hours(agenda.today), hours(agenda.coming)]).toEqual([
    ['26T07'],
    ['26T12'],
    ['27T09'],
  ])
})
