import type { Filters } from './filters.ts'

let last: Filters = {}

/** Stores the current search for "back to search". */
export function rememberSearch(filters: Filters): void {
  last = filters
}

/** Returns the last search. */
export function lastSearch(): Filters {
  return last
}
