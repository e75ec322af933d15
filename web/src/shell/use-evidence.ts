import { $api } from '../api/client.ts'

const everyMs = 60_000

/** Returns the number of broken promises of the description; one never checked counts as broken. */
export function useBrokenPromises(): number {
  const { data } = useEvidence()
  return data ? data.items.filter((proof) => !proof.holds).length + data.unchecked.length : 0
}

/** Reads the last proof of every promise of the description; polls each minute. */
export function useEvidence() {
  return $api.useQuery('get', '/api/evidence', undefined, { staleTime: everyMs, refetchInterval: everyMs })
}
