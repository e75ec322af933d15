/**
 * Filters of the contact search for schemas and pages, from the single table. Without TypeBox: the only file of the contract
 * that browsers load.
 */
import { contactFilters, unasked, type Filter, type FilterName } from '#use/search/contact-filters.ts'

export type { FilterName, FilterValue, FilterValues } from '#use/search/contact-filters.ts'
export { unasked }

/** Longest text of a filter. */
export const maxFilterLength = 64
/** In the order of the form. */
export const filterNames = Object.keys(contactFilters) as FilterName[]
export const filterOf = (name: FilterName): Filter => contactFilters[name]
