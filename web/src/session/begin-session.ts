import { api, queries } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'

const session = { queryKey: ['get', '/api/session'] }

/** Starts a session; the shell notifies the browser's other tabs. */
export function beginSession(me: Me): void {
  queries.setQueryData(session.queryKey, me)
}

/** Reads the session again, with what a sign-in in progress still awaits: the shell then shows the next step. */
export function resumeSignIn(): Promise<void> {
  return queries.refetchQueries(session)
}

/** Cancels a sign-in in progress. */
export async function giveUpSigningIn(): Promise<void> {
  await api.DELETE('/api/session').catch(() => undefined)
  await resumeSignIn()
}
