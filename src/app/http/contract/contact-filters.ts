/**
 * Filters of the contact search as the contract has them. In: the one table of them. Out: names, kinds and lengths, for the schemas and the
 * pages. Never here: TypeBox, as this is the one file of the contract that browsers load.
 */
import { contactFilters, unasked, type Filter, type FilterName } from '#use/search/contact-filters.ts'

export type { FilterName, FilterValue, FilterValues } from '#use/search/contact-filters.ts'
export { unasked }

/** No text of a filter is longer. */
export const longestFilter = 64
/** In the order of the form. */
export const filterNames = Object.keys(contactFilters) as FilterName[]
export const filterOf = (name: FilterName): Filter => contactFilters[name]
