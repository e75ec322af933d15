import { $api, queries } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { hasRole } from '../session/rights.ts'
import type { QueueFilters } from './queue.ts'

/** Returns true for the Service Unit. */
export function servesRequests(me: Pick<Me, 'rights'>): boolean {
  return hasRole(me, 'SERVICE_UNIT')
}

/** Reads the queue by filters, only for persons who serve requests: a refusal would be logged. */
export function useQueue(filters: QueueFilters, me: Me) {
  return $api.useQuery(
    'get',
    '/api/requests',
    { params: { query: { state: filters.state ?? 'open', whose: filters.whose ?? 'all', ...pickFind(filters) } } },
    { enabled: servesRequests(me), staleTime: 10_000 },
  )
}

/** Invalidates the queue and its counts after a change. */
export function invalidateQueue(): void {
  void queries.invalidateQueries({ queryKey: ['get', '/api/requests'] })
}

function pickFind({ find }: QueueFilters) {
  return find === undefined ? {} : { find }
}
