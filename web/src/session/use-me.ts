import { $api } from '../api/client.ts'
import { isRefusal } from '../api/refusal.ts'
import type { Me } from '../api/shapes.ts'

export type Presence =
  | { state: 'asking' }
  | { state: 'signed-out' }
  | { state: 'unknown'; error: unknown; again: () => void }
  | { state: 'signed-in'; me: Me }

/** Who is at this browser. */
export function usePresence(): Presence {
  const { data, error, refetch } = $api.useQuery('get', '/api/session', undefined, { staleTime: 60_000 })
  if (error && isRefusal(error)) return { state: 'signed-out' }
  if (data) return { state: 'signed-in', me: data }
  if (error) return { state: 'unknown', error, again: () => void refetch() }
  return { state: 'asking' }
}
