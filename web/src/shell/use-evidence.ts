import { $api } from '../api/client.ts'

const everyMs = 60_000

/** How many promises of the description do not hold in the data now; one that was never checked is one of them. */
export function useBrokenPromises(): number {
  const { data } = useEvidence()
  return data ? data.items.filter((proof) => !proof.holds).length + data.unchecked.length : 0
}

/** The last proof of every promise of the description, asked for again each minute. */
export function useEvidence() {
  return $api.useQuery('get', '/api/evidence', undefined, { staleTime: everyMs, refetchInterval: everyMs })
}
