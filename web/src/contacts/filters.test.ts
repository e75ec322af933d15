import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filterNames, filterOf } from '../../../src/app/http/contract/contact-filters.ts'
import { readSearch, writeSearch } from '../shell/search-string.ts'
import { clearSearchWords } from '../session/search-words.ts'
import { queryOf, readFilters, searchUrl, filtersOfUrl } from './filters.ts'

test('a saved search and its URL convert into each other', () => {
  const filters = { official: 'aino', from: '2026-11-01', to: '2026-11-24T15:40', recorded: 'available' } as const
  expect(searchUrl(filters)).toEqual({ to: '/contacts', search: filters, state: {} })
  expect(readFilters(readSearch(writeSearch(filters)))).toEqual(filters)
})

test('a caller’s number is in no URL, and is restored for the person who searched, in the same tab', () => {
  const filters = { caller: '040 123 4567', from: '2026-11-01' }
  const at = searchUrl(filters)
  expect(at.search).toEqual({ from: '2026-11-01' })
  expect(JSON.stringify(at)).not.toContain('123')
  expect(searchUrl(filters)).toEqual(at)
  expect(filtersOfUrl(at.search, at.state.searchWordsKey)).toEqual(filters)
  sessionStorage.clear()
  expect(filtersOfUrl(at.search, at.state.searchWordsKey), 'while the page is open').toEqual(filters)
  clearSearchWords()
  expect(filtersOfUrl(at.search, at.state.searchWordsKey)).toEqual({ from: '2026-11-01' })
})

test('an unknown filter or an invalid day is dropped', () => {
  expect(readFilters({ from: '24.11.2026', recorded: 'everything', caller: '  ', x: '1', number: 5 })).toEqual({})
})

test('days are Finnish days and the last one is included, also on a clock change (AC7)', () => {
  expect(queryOf({ from: '2026-10-25', to: '2026-10-25' })).toEqual({
    from: '2026-10-24T21:00:00.000Z',
    to: '2026-10-25T22:00:00.000Z',
  })
  expect(queryOf({ from: '2026-11-24T08:00', to: '2026-11-24T15:40' })).toEqual({
    from: '2026-11-24T06:00:00.000Z',
    to: '2026-11-24T13:40:00.000Z',
  })
})

test('each filter has its texts', () => {
  const texts = readFileSync(join(import.meta.dirname, '../../../texts/pages/contacts.json'), 'utf8')
  const wanted = filterNames.flatMap((name) => {
    const filter = filterOf(name)
    if (filter.kind === 'service-number') return [name]
    if (filter.kind === 'choice') return [name, ...filter.values.map((value) => `${name}.${value}`)]
    return [name, `${name}.hint`, ...(filter.kind === 'phone' ? [`${name}.wrong`] : [])]
  })
  const known = Object.keys(JSON.parse(texts) as object)
  expect(wanted.filter((text) => !known.includes(`contacts.search.${text}`))).toEqual([])
})
