/**
 * Filters of the contact search, beside its dates: one table, which the API contract, the URL, the form and the search read.
 * Imports nothing, since the pages load it too.
 *
 * A filter needs a row here, a member of `contact_filters` (database/functions/history/search.sql) with its line, and texts in
 * texts/pages/contacts.json: `contacts.search.NAME`, and its `.hint` for a text or each `.VALUE` for a choice. The form has the
 * filters in this order. The line belongs in `contact_conditions` if it tests the contact itself. If it tests the contact's
 * segments (parts), it belongs in `rests` of `search_ways`, under `seen_part_condition(viewer)`: anywhere else it would reveal
 * segments that the viewer does not see.
 */
export const contactFilters = {
  /** A text that is a telephone number. */
  caller: {
    kind: 'phone',
    description: 'A whole number in any written form; or, among one’s own calls, its last four or five digits',
  },
  official: { kind: 'text', description: 'Part of the official’s name, or their number' },
  /** One of the register's numbers. */
  number: { kind: 'service-number', description: 'Service number in any written form' },
  /** One of the values, of which the first does not filter; the API accepts the others only. */
  recorded: {
    kind: 'choice',
    values: ['any', 'available', 'none', 'destroyed'],
    others: ['true', 'false'],
    description: 'Recording state; true: recorded, whether or not it is still there; false: as none',
  },
} as const satisfies Record<string, Filter>

export type Filter =
  | { kind: 'phone' | 'text' | 'service-number'; description: string }
  | { kind: 'choice'; values: readonly [string, ...string[]]; others?: readonly string[]; description: string }

export type FilterName = keyof typeof contactFilters
/** Values of the filters in use; others are absent. */
export type FilterValues = { [Name in FilterName]?: FilterValue<(typeof contactFilters)[Name]> | undefined }
export type FilterValue<One> = One extends { values: readonly (infer Value)[]; others: readonly (infer Other)[] }
  ? Value | Other
  : One extends { values: readonly (infer Value)[] }
    ? Value
    : string

/** Returns the digits if a caller's number is given by its last four or five; undefined for anything else. */
export function lastDigitsOf(caller: string | undefined): string | undefined {
  const digits = caller?.trim()
  return digits !== undefined && /^\d{4,5}$/.test(digits) ? digits : undefined
}

/** Returns the value with which a filter has no effect. */
export function noFilterValue(name: FilterName): string {
  const filter: Filter = contactFilters[name]
  return filter.kind === 'choice' ? filter.values[0] : ''
}
