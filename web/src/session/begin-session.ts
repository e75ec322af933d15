import { api, queries } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { tellTabs } from '../api/tabs.ts'

const session = { queryKey: ['get', '/api/session'] }
const ofNobody = ['/api/session', '/api/organisation', '/api/sign-in-options']

/** Somebody is signed in now: what was loaded for another is gone, and the browser's other tabs know. */
export function beginSession(me: Me): void {
  queries.removeQueries({ predicate: ({ queryKey }) => !ofNobody.includes(String(queryKey[1])) })
  queries.setQueryData(session.queryKey, me)
  tellTabs('signed-in')
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
