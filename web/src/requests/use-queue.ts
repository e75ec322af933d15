import { $api, queries } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { hasRole } from '../session/rights.ts'
import type { QueueFilters } from './queue.ts'

/** The desk is the Service Unit's. */
export function servesRequests(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'SERVICE_UNIT')
}

/** The queue as the filters say; asked only by who serves requests, for a refusal is an entry in the log. */
export function useQueue(filters: QueueFilters, me: Me | undefined) {
  return $api.useQuery(
    'get',
    '/api/requests',
    { params: { query: { state: filters.state ?? 'open', whose: filters.whose ?? 'all', ...pickFind(filters) } } },
    { enabled: me !== undefined && servesRequests(me), staleTime: 10_000 },
  )
}

/** A request has changed: the queue and its counts are asked anew. */
export function forgetQueue(): void {
  void queries.invalidateQueries({ queryKey: ['get', '/api/requests'] })
}

function pickFind({ find }: QueueFilters) {
  return find === undefined ? {} : { find }
}
