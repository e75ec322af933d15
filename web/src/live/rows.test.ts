import { expect, test } from 'vitest'
import type { LiveCall } from '../api/shapes.ts'
import { failing, nextRows, hasNodes, withoutEnded } from './rows.ts'

const call = (segmentId: string, startedAt: string, recording: LiveCall['recording'] = 'recording'): LiveCall => ({
  contactId: segmentId,
  segmentId,
  startedAt,
  caller: { kind: 'withheld' },
  number: '+35829497000',
  recording,
})
const at = '2026-11-24T13:00:00Z'
const [a, b, c] = [
  call('a', '2026-11-24T12:00:00Z'),
  call('b', '2026-11-24T12:01:00Z'),
  call('c', '2026-11-24T11:00:00Z'),
]

test('known calls keep their rows and new ones come last, whatever order the server sends them in', () => {
  const rows = nextRows(nextRows([], { at, items: [b, a] }), { at, items: [c, b, a] })
  expect(rows.map((row) => row.call.segmentId)).toEqual(['a', 'b', 'c'])
})

test('an ended call stays in its place, with the time it was first missing, until it is cleared', () => {
  const before = nextRows([], { at, items: [a, b] })
  const after = nextRows(before, { at: '2026-11-24T13:00:05Z', items: [b] })
  const later = nextRows(after, { at: '2026-11-24T13:00:09Z', items: [b] })
  expect(later.map((row) => [row.call.segmentId, row.endedAt])).toEqual([
    ['a', '2026-11-24T13:00:05Z'],
    ['b', undefined],
  ])
  expect(withoutEnded(later).map((row) => row.call.segmentId)).toEqual(['b'])
})

test('a failure counts only while its call continues', () => {
  const broken = call('d', '2026-11-24T12:02:00Z', 'failing')
  const rows = nextRows([], { at, items: [a, broken] })
  expect(failing(rows).map((row) => row.call.segmentId)).toEqual(['d'])
  expect(failing(nextRows(rows, { at, items: [a] }))).toEqual([])
})

test('the recorder of a call is shown if there are several, or if one does not answer', () => {
  const on = (one: LiveCall, name: string, silent?: true): LiveCall => ({
    ...one,
    node: { name, ...(silent && { silent }) },
  })
  expect(hasNodes(nextRows([], { at, items: [a, on(b, 'north')] }))).toBe(false)
  expect(hasNodes(nextRows([], { at, items: [on(a, 'north'), on(b, 'north')] }))).toBe(false)
  const both = nextRows([], { at, items: [on(a, 'north'), on(b, 'south')] })
  expect(hasNodes(both)).toBe(true)
  expect(hasNodes(nextRows(both, { at, items: [on(a, 'north')] }))).toBe(false)
  expect(hasNodes(nextRows([], { at, items: [on(a, 'north', true)] }))).toBe(true)
})
