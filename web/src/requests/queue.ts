/**
 * The Service Unit's desk: requests of callers and officials, from intake to outcome. In: requests of the contract and what
 * the clerk writes. Out: the queue, the intake form, and one page that leads a request to its end. Never here: who a
 * call belongs to, or which calls fit; the server looks, and tells of none that is not the requester's (R46).
 */
import type { RequestKind, RequestParty } from '../api/shapes.ts'
import { keepSought, soughtUnder } from '../session/sought.ts'

export interface QueueFilters {
  state?: 'closed'
  whose?: 'mine' | 'nobodys'
  find?: string
}

/** Any other word may be a name, which goes along with the page and stands in no address. */
const isOfNumber = /^(p-)?[\d-]+$/i

/** Which requests are shown, as it stands in the address; all open ones unless it says otherwise. Of what is looked for a number alone. */
export function readQueue(search: Record<string, unknown>): QueueFilters {
  const { state, whose, find } = search
  const sought = typeof find === 'string' || typeof find === 'number' ? String(find).trim().slice(0, 200) : ''
  return {
    ...(state === 'closed' && { state }),
    ...((whose === 'mine' || whose === 'nobodys') && { whose }),
    ...(isOfNumber.test(sought) && { find: sought }),
  }
}

/** Where the queue is shown by some filters: its address, and what goes along with it. */
export function queueAt(filters: QueueFilters): { to: '/requests'; search: QueueFilters; state: { sought?: string } } {
  const search = readQueue({ ...filters })
  const sought = filters.find?.trim().slice(0, 200)
  return { to: '/requests', search, state: sought && search.find === undefined ? { sought: keepSought(sought) } : {} }
}

/** The queue that is shown at an address, with the name that goes along with it. */
export function queueShownAt(search: QueueFilters, key: string | undefined): QueueFilters {
  const find = soughtUnder(key)
  return find === undefined ? search : { ...search, find }
}

const order: readonly RequestKind[] = [
  ...([
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
  ] as const),
]

/** What is asked, in the order in which it is offered at the intake. */
export function inOrder(kinds: readonly RequestKind[]): RequestKind[] {
  return order.filter((kind) => kinds.includes(kind))
}

/** What this party may ask, of what the description knows: somebody outside asks for a document, and nothing of a call. */
export function kindsOf(party: RequestParty, mayAsk: readonly RequestKind[]): RequestKind[] {
  const own: Partial<Record<RequestParty, RequestKind>> = { MENTIONED: 'MENTIONED', OUTSIDER: 'OPENNESS' }
  const only = own[party]
  return mayAsk.filter((kind) => (only ? kind === only : kind !== 'MENTIONED' && kind !== 'OPENNESS'))
}
