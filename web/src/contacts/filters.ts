/**
 * Search filters of the contact history. A saved search is its URL; the caller's number is never in a URL. Only the register's
 * own fields are searched (R10).
 */
import { parseDate, parseDateTime, toZoned, type CalendarDate, type CalendarDateTime } from '@internationalized/date'
import {
  filterOf,
  filterNames,
  maxFilterLength,
  type FilterName,
  type FilterValues,
} from '../../../src/app/http/contract/contact-filters.ts'
import { zone } from '../format/instant.ts'
import { storeSearchWords, readSearchWords } from '../session/search-words.ts'

/** Search: `from` and `to` are Finnish days (`2026-11-24`), or days with a time. */
export interface Filters extends FilterValues {
  from?: string
  to?: string
}

/** Reads the filters from a URL; unknown and invalid ones are left out. */
export function readFilters(search: Record<string, unknown>): Filters {
  const text = (key: string) => {
    const value = search[key]
    return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, maxFilterLength) : undefined
  }
  const day = (key: string) => {
    const value = text(key)
    return value && parseDay(value) ? value : undefined
  }
  const filter = (name: FilterName) => {
    const [value, known] = [text(name), filterOf(name)]
    const isOffered = known.kind !== 'choice' || known.values.slice(1).some((one) => one === value)
    return isOffered ? value : undefined
  }
  const filters = {
    ...Object.fromEntries(filterNames.map((name) => [name, filter(name)])),
    from: day('from'),
    to: day('to'),
  }
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value != null))
}

/** Returns true for filters whose value is a caller's number, which is stored nowhere. */
export const isCallerNumber = (name: string) =>
  filterNames.some((one) => one === name && filterOf(one).kind === 'phone')

/** Returns the URL of a search and the key of its number, which is in no URL. */
export function searchUrl(filters: Filters): { to: '/contacts'; search: Filters; state: { searchWordsKey?: string } } {
  const all = Object.entries(filters)
  const numbers = all.filter(([name]) => isCallerNumber(name))
  return {
    to: '/contacts',
    search: Object.fromEntries(all.filter(([name]) => !isCallerNumber(name))),
    state:
      numbers.length === 0 ? {} : { searchWordsKey: storeSearchWords(JSON.stringify(Object.fromEntries(numbers))) },
  }
}

/** Returns the search of a URL, with its number. */
export function filtersOfUrl(search: Filters, searchWordsKey: string | undefined): Filters {
  const numbers = readSearchWords(searchWordsKey)
  return numbers === undefined ? search : { ...search, ...readFilters(JSON.parse(numbers) as Record<string, unknown>) }
}

/** Returns the contract's query: instants instead of Finnish days; a day without a time is whole. */
export function queryOf({ from, to, ...rest }: Filters) {
  return {
    ...rest,
    ...(from && { from: instantOf(parseDay(from)!) }),
    ...(to && { to: instantOf(endOf(to)) }),
  }
}

/** Parses a day, or a day with a time, from a URL; undefined for anything else. */
export function parseDay(written: string): CalendarDate | CalendarDateTime | undefined {
  try {
    return written.includes('T') ? parseDateTime(written) : parseDate(written)
  } catch {
    return undefined
  }
}

function endOf(written: string): CalendarDate | CalendarDateTime {
  const day = parseDay(written)!
  return written.includes('T') ? day : day.add({ days: 1 })
}

function instantOf(day: CalendarDate | CalendarDateTime): string {
  return toZoned(day, zone).toAbsoluteString()
}
