import type { Filters } from './filters.ts'

let last: Filters = {}

/** Remembers the search on the page, so that "back to search" leads to the same one. */
export function rememberSearch(filters: Filters): void {
  last = filters
}

/** The search last on the page. */
export function lastSearch(): Filters {
  return last
}
