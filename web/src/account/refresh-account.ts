import { queries } from '../api/client.ts'

/** Reads one’s own account and sessions again after a change. */
export function refreshAccount(): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey }) => ['/api/account', '/api/account/sessions'].includes(String(queryKey[1])),
  })
}
