import { api, queries } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'

const session = { queryKey: ['get', '/api/session'] }

/** Somebody is signed in now; the shell tells the browser's other tabs. */
export function beginSession(me: Me): void {
  queries.setQueryData(session.queryKey, me)
}

/** Asks who is here and what a sign-in under way still awaits: the shell shows it. */
export function goOnSigningIn(): Promise<void> {
  return queries.refetchQueries(session)
}

/** Gives up a sign-in under way. */
export async function giveUpSigningIn(): Promise<void> {
  await api.DELETE('/api/session').catch(() => undefined)
  await goOnSigningIn()
}
