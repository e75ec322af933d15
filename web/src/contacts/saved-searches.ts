/**
 * Named searches of a person at this machine. A number of a caller is never stored (docs/decisions/0112). Days that end today or
 * yesterday move on with the calendar.
 */
import type { CalendarDate } from '@internationalized/date'
import { savedSearchesKey } from '../api/machine-storage.ts'
import { isCallerNumber, parseDay, readFilters, type Filters } from './filters.ts'

export interface SavedSearch {
  name: string
  /** Without days if `moving` is present. */
  filters: Filters
  /** First and last day, as numbers of days before the day on which the search is run. */
  moving?: { from: number; to: number }
}

export const maxNameLength = 60
export const maxSearches = 20

/** Returns the search to store under a name. */
export function searchToSave(name: string, filters: Filters, today: CalendarDate): SavedSearch {
  const known = Object.fromEntries(Object.entries(filters).filter(([filter]) => !isCallerNumber(filter)))
  const [from, to] = [filters.from, filters.to].map((day) => daysBefore(day, today))
  if (from === undefined || to === undefined || to > 1) return { name, filters: known }
  const { from: _from, to: _to, ...others } = known as Filters
  return { name, filters: others, moving: { from, to } }
}

/** Returns the search as of today. */
export function filtersOfSaved({ filters, moving }: SavedSearch, today: CalendarDate): Filters {
  if (!moving) return filters
  const day = (days: number) => today.subtract({ days }).toString()
  return { ...filters, from: day(moving.from), to: day(moving.to) }
}

/** Returns the searches with another added; one of the same name is replaced. */
export function withSaved(searches: readonly SavedSearch[], one: SavedSearch): SavedSearch[] {
  return [...searches.filter(({ name }) => name !== one.name), one]
}

/** Returns how many days before today a day is; undefined for a day with a time. */
function daysBefore(written: string | undefined, today: CalendarDate): number | undefined {
  const day = written === undefined || written.includes('T') ? undefined : parseDay(written)
  return (
    day &&
    Math.round(
      (Date.UTC(today.year, today.month - 1, today.day) - Date.UTC(day.year, day.month - 1, day.day)) / 86_400_000,
    )
  )
}

/** Returns a person's searches at this machine; none if the stored text cannot be parsed. */
export function storedSearches(personId: string): SavedSearch[] {
  try {
    const stored = JSON.parse(window.localStorage.getItem(savedSearchesKey(personId)) ?? '[]') as SavedSearch[]
    return stored.map((one) => ({ ...one, filters: readFilters({ ...one.filters }) }))
  } catch {
    return []
  }
}

export function storeSearches(personId: string, searches: readonly SavedSearch[]): void {
  window.localStorage.setItem(savedSearchesKey(personId), JSON.stringify(searches))
}
