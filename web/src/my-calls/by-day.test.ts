import { expect, test } from 'vitest'
import type { Contact } from '../api/shapes.ts'
import { byDay } from './by-day.ts'

const call = (id: string, startedAt: string, parts = 1): Contact => ({
  id,
  startedAt,
  caller: { kind: 'withheld' },
  number: '+35829497000',
  segments: Array.from({ length: parts }, (_, n) => ({ id: `${id}-${n}`, recording: { state: 'none' } })),
})

test('calls are listed under the Finnish day on which they began, and a transferred one counts once', () => {
  const days = byDay(
    [call('c', '2026-11-23T22:30:00Z'), call('b', '2026-11-23T21:30:00Z', 2), call('a', '2026-11-23T06:00:00Z')],
    'fi',
  )
  expect(days.map(({ title, count, calls }) => [title, count, calls.length])).toEqual([
    ['tiistai 24.11.2026', 1, 1],
    ['maanantai 23.11.2026', 2, 3],
  ])
  expect(days[1]?.calls.map(({ isFirst }) => isFirst)).toEqual([true, false, true])
})

test.each([
  ['sv', 'måndag 23.11.2026'],
  ['en', 'Monday 23 Nov 2026'],
] as const)('the title of a day is in the language %s', (language, title) => {
  expect(byDay([call('a', '2026-11-23T06:00:00Z')], language)[0]?.title).toBe(title)
})
