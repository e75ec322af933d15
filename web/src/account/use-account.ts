import { queries } from '../api/client.ts'

/** One’s own account and sessions have changed: both are asked for again. */
export function refreshAccount(): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey }) => ['/api/account', '/api/account/sessions'].includes(String(queryKey[1])),
  })
}
