import { expect, test } from 'vitest'
import type { PersonDetail } from './filters.ts'
import { timelineOf } from './timeline.ts'

// Each is the start of a day in Finland: 1 January 2020, 1 May 2023 and 1 February 2026.
const [jan2020, may2023, feb2026] = ['2019-12-31T22:00:00Z', '2023-04-30T21:00:00Z', '2026-01-31T22:00:00Z'] as const
const sari = { id: 's', name: 'Sari Niemi' }
const aino: PersonDetail = {
  id: 'a',
  userId: 'aino',
  name: 'Aino Korhonen',
  unit: 'Henkilöverotus',
  phones: ['029 512 1001'],
  employedFrom: jan2020,
  source: 'manual',
  names: [
    { name: 'Aino Korhonen', from: may2023 },
    { name: 'Aino Virtanen', from: jan2020, to: may2023 },
  ],
  placements: [
    { unit: 'Neuvonta', from: jan2020, to: may2023 },
    { unit: 'Henkilöverotus', supervisor: sari, from: may2023 },
  ],
  phoneHistory: [
    { phone: '029 512 1001', from: may2023 },
    { phone: '029 512 1999', from: jan2020, to: may2023 },
  ],
  recording: { informedAt: '2020-01-01T08:00:00Z' },
  subordinates: [],
}
const eventKindsOf = (person: PersonDetail) =>
  timelineOf(person).map(({ at, events }) => [at, events.map(({ kind }) => kind).join(' ')])

test('a person’s history is listed newest first, with the changes of one day together', () => {
  expect(eventKindsOf(aino)).toEqual([
    [may2023, 'renamed placed phone-ended phone-added'],
    [jan2020, 'employed named placed phone-added informed'],
  ])
  expect(timelineOf(aino)[0]?.events[0]).toEqual({
    at: may2023,
    kind: 'renamed',
    name: 'Aino Korhonen',
    before: 'Aino Virtanen',
  })
})

test('numbers and placements that end with the employment are listed as its end only', () => {
  const left = {
    ...aino,
    employedTo: feb2026,
    placements: aino.placements.map((one) => (one.to ? one : { ...one, to: feb2026 })),
    phoneHistory: aino.phoneHistory.map((one) => (one.to ? one : { ...one, to: feb2026 })),
  }
  expect(eventKindsOf(left)[0]).toEqual(['2026-01-31T21:59:59.999Z', 'left'])
})

test('a placement that ends without a successor is listed', () => {
  const nowhere = { ...aino, placements: [{ unit: 'Neuvonta', from: jan2020, to: feb2026 }] }
  expect(eventKindsOf(nowhere)[0]).toEqual([feb2026, 'unplaced'])
})
