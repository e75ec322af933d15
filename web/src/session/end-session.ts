import { api } from '../api/client.ts'
import { keptKeys } from '../api/machine-storage.ts'

/**
 * Ends the session, whether or not the server receives it. A deliberate sign-out of a person who signed in by the identity
 * provider signs out there too: otherwise the next person at this computer would be let in as them.
 * @returns the URL to go to for that; undefined otherwise
 */
export async function endSession(reason: 'ended' | 'signed-out'): Promise<string | undefined> {
  // The answer clears the browser's storage of the session; the machine's settings are kept.
  const stored = keptKeys().map((name) => [name, window.localStorage.getItem(name)] as const)
  const ended =
    reason === 'ended'
      ? await api.DELETE('/api/session').catch(() => undefined)
      : await api.POST('/api/session/identity-provider/sign-out').catch(() => undefined)
  for (const [name, value] of stored) if (value !== null) window.localStorage.setItem(name, value)
  return ended?.data ? ended.data.url : undefined
}
