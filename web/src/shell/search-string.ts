/** Parses `?a=b` into strings: a phone number stays text. */
export function readSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search))
}

/** Writes what {@link readSearch} reads; undefined and empty values are omitted. */
export function writeSearch(search: Record<string, unknown>): string {
  const entries = Object.entries(search).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  )
  const written = new URLSearchParams(entries).toString()
  return written ? `?${written}` : ''
}
