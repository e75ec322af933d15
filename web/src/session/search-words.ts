/**
 * Search words for persons (a caller's number or a requester's name), by a key in history state. They are kept until sign-out
 * or until another person signs in in this tab. They are never in a URL, nor reachable by Back for the next person.
 */
declare module '@tanstack/react-router' {
  interface HistoryState {
    /** Key from `storeSearchWords`. */
    searchWordsKey?: string
  }
}

const prefix = 'seloste.sought.'
/** By key. Storage restores them after a reload; memory keeps them when the answer to a session's end clears the storage. */
const searches = new Map<string, string>()

/** @returns the key of the words; the same for the same words */
export function storeSearchWords(words: string): string {
  const known = [...searches].find(([, one]) => one === words)?.[0]
  if (known !== undefined) return known
  const key = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  searches.set(key, words)
  sessionStorage.setItem(prefix + key, words)
  return key
}

/** Returns the words; undefined once cleared. */
export function readSearchWords(key: string | undefined): string | undefined {
  if (key === undefined) return undefined
  return searches.get(key) ?? sessionStorage.getItem(prefix + key) ?? undefined
}

/** The tab's storage is cleared separately. */
export function clearSearchWords(): void {
  searches.clear()
}
