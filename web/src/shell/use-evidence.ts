import { $api } from '../api/client.ts'

const everyMs = 60_000

/** The last proof of every promise of the description, asked for again each minute. */
export function useEvidence() {
  return $api.useQuery('get', '/api/evidence', undefined, { staleTime: everyMs, refetchInterval: everyMs })
}
