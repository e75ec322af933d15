/**
 * What is searched for of somebody, a caller's number or a requester's name. In: words. Out: a key, which goes along with a page; the words
 * again, until a sign-out or until somebody else signs in in this tab. Never here: an address, or anything that a browser's Back brings up
 * for whoever is next.
 */
declare module '@tanstack/react-router' {
  interface HistoryState {
    /** A key of `keepSought`. */
    sought?: string
  }
}

const prefix = 'seloste.sought.'
/** By key. The storage has them when the page is loaded again; where the answer to a session's end clears it, the page has them still. */
const kept = new Map<string, string>()

/** @returns the key under which the words are kept; the same for the same words */
export function keepSought(words: string): string {
  const known = [...kept].find(([, one]) => one === words)?.[0]
  if (known !== undefined) return known
  const key = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  kept.set(key, words)
  sessionStorage.setItem(prefix + key, words)
  return key
}

/** The words; nothing once they are forgotten. */
export function soughtUnder(key: string | undefined): string | undefined {
  if (key === undefined) return undefined
  return kept.get(key) ?? sessionStorage.getItem(prefix + key) ?? undefined
}

/** The tab's storage is cleared besides. */
export function forgetSought(): void {
  kept.clear()
}
