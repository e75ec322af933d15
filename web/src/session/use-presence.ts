import { createContext, use } from 'react'
import { $api } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { isSignedOut, stepOf, type SignInStep } from './sign-in-step.ts'

export type Presence =
  | { state: 'asking' }
  | { state: 'signed-out'; awaits: SignInStep }
  | { state: 'unknown'; error: unknown; retry: () => void }
  | { state: 'signed-in'; me: Me }

/** Returns who is signed in in this browser. */
export function usePresence(): Presence {
  const { data, error, refetch } = $api.useQuery('get', '/api/session', undefined, { staleTime: 60_000 })
  if (isSignedOut(error)) return { state: 'signed-out', awaits: stepOf(error) }
  if (data) return { state: 'signed-in', me: data }
  if (error) return { state: 'unknown', error, retry: () => void refetch() }
  return { state: 'asking' }
}

export const MeContext = createContext<Me | undefined>(undefined)

/** Returns the signed-in person; only for pages behind the sign-in. */
export function useMe(): Me {
  const me = use(MeContext)
  if (!me) throw new Error('useMe is called where nobody is signed in')
  return me
}
