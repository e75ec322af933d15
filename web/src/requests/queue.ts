/** Filters of the Service Unit's queue in the URL and in history state, and the kinds of request that each party may make. */
import type { RequestKind, RequestParty } from '../api/shapes.ts'
import { storeSearchWords, readSearchWords } from '../session/search-words.ts'

export interface QueueFilters {
  state?: 'closed'
  whose?: 'mine' | 'nobodys'
  find?: string
}

/** Any other text may be a name, which is never in the URL: history state has only its key. */
const numberPattern = /^(p-)?[\d-]+$/i

/** Reads the queue filters from the URL; all open requests by default. A search in the URL is a number only. */
export function readQueue(search: Record<string, unknown>): QueueFilters {
  const { state, whose, find } = search
  const searchText = typeof find === 'string' || typeof find === 'number' ? String(find).trim().slice(0, 200) : ''
  return {
    ...(state === 'closed' && { state }),
    ...((whose === 'mine' || whose === 'nobodys') && { whose }),
    ...(numberPattern.test(searchText) && { find: searchText }),
  }
}

/** Returns the queue's URL for filters, and the key of a name as history state. */
export function queueUrl(filters: QueueFilters): {
  to: '/requests'
  search: QueueFilters
  state: { searchWordsKey?: string }
} {
  const search = readQueue({ ...filters })
  const searchText = filters.find?.trim().slice(0, 200)
  return {
    to: '/requests',
    search,
    state: searchText && search.find === undefined ? { searchWordsKey: storeSearchWords(searchText) } : {},
  }
}

/** Returns the filters of a URL, with the name of the key in history state. */
export function queueFiltersOfUrl(search: QueueFilters, key: string | undefined): QueueFilters {
  const find = readSearchWords(key)
  return find === undefined ? search : { ...search, find }
}

/** Kinds in the order of the form. */
const order: readonly RequestKind[] = [
  'KNOW',
  'LISTEN',
  'HISTORY',
  'PROHIBIT',
  'ERASURE',
  'OBJECTION',
  'RESTRICTION',
  'COPY',
  'RECTIFY',
  'LOG_EXTRACT',
  'MENTIONED',
  'OPENNESS',
]

/** Sorts kinds in the order of the intake form. */
export function inOrder(kinds: readonly RequestKind[]): RequestKind[] {
  return order.filter((kind) => kinds.includes(kind))
}

/**
 * Returns the kinds that this party may request, of those in the description: an outsider requests documents, nothing about
 * calls.
 */
export function kindsOf(party: RequestParty, mayRequest: readonly RequestKind[]): RequestKind[] {
  const own: Partial<Record<RequestParty, RequestKind>> = { MENTIONED: 'MENTIONED', OUTSIDER: 'OPENNESS' }
  const only = own[party]
  return mayRequest.filter((kind) => (only ? kind === only : kind !== 'MENTIONED' && kind !== 'OPENNESS'))
}
