/**
 * Filters of the contact search, for schemas and pages, from the table in src/use/search/contact-filters.ts. It does not import
 * TypeBox, because this is the only file of the contract that browsers load.
 */
import {
  contactFilters,
  lastDigitsOf,
  noFilterValue,
  type Filter,
  type FilterName,
} from '#use/search/contact-filters.ts'

export type { FilterName, FilterValue, FilterValues } from '#use/search/contact-filters.ts'
export { lastDigitsOf, noFilterValue }

/** Maximum length of a filter's value. */
export const maxFilterLength = 64
/** Names of the filters, in the order of the form. */
export const filterNames = Object.keys(contactFilters) as FilterName[]
export const filterOf = (name: FilterName): Filter => contactFilters[name]
