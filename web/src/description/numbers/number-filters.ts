export interface NumberFilters {
  text?: string
  kind?: string
}

/** Reads the filters of the number page from the URL: `?text=029&kind=SWITCHBOARD`. */
export function readNumberFilters(search: Record<string, unknown>): NumberFilters {
  const filters: NumberFilters = {}
  if (typeof search['text'] === 'string' && search['text'] !== '') filters.text = search['text']
  if (typeof search['kind'] === 'string' && search['kind'] !== '') filters.kind = search['kind']
  return filters
}
