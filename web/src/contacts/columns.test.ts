import { expect, test } from 'vitest'
import type { Contact } from '../api/shapes.ts'
import { inOrder, isByTime, isOldestFirst, newestFirst, oldestFirst } from './columns.ts'

const day = '2026-11-24T'
function call(id: string, at: string, until: string | undefined, official: string | undefined): Contact {
  return {
    id,
    startedAt: `${day}${at}Z`,
    ...(until && { endedAt: `${day}${until}Z` }),
    caller: { kind: 'withheld' },
    number: '+35829497000',
    segments: official ? [{ id, official: { name: official, phone: '' }, recording: { state: 'none' } }] : [],
  }
}
const calls = [
  call('d', '12:00', undefined, 'Åström'),
  call('c', '11:00', '11:02', 'Zidan'),
  call('b', '10:00', '10:09', 'Ahola'),
  call('a', '09:00', '09:02', undefined),
]
const ids = (...order: [by: Parameters<typeof inOrder>[1]['by'], isDescending: boolean]) =>
  inOrder(calls, { by: order[0], isDescending: order[1] }, 'fi')
    .map(({ id }) => id)
    .join('')

test('calls are ordered by length, equal ones newest first and those in progress last', () => {
  expect(ids('length', false)).toBe('cabd')
  expect(ids('length', true)).toBe('bcad')
})

test('names are sorted by the rules of the language, and calls without a name come last', () => {
  expect(ids('official', false)).toBe('bcda')
  expect(ids('official', true)).toBe('dcba')
})

test('only orders by the beginning of the call are orders of the search, for results of any length', () => {
  expect([newestFirst, oldestFirst].map(isByTime)).toEqual([true, true])
  expect([newestFirst, oldestFirst].map(isOldestFirst)).toEqual([false, true])
  expect(isByTime({ by: 'length' })).toBe(false)
  expect(isOldestFirst({ by: 'length', isDescending: false })).toBe(false)
})

test('the default order is newest first, and can be reversed', () => {
  expect(ids('start', true)).toBe('dcba')
  expect(ids('start', false)).toBe('abcd')
})
