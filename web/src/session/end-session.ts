import { api } from '../api/client.ts'
import { keptOnMachine } from '../api/kept-on-machine.ts'

/**
 * Ends the session, whether or not the server hears it. Whoever signs out on purpose and came by way of the identity
 * provider signs out there too: the next at this computer is not let in as them.
 * @returns where the browser goes for that; nothing otherwise
 */
export async function endSession(why: 'ended' | 'signed-out'): Promise<string | undefined> {
  // The answer clears what this browser has stored of the session; what this machine was set to, it keeps.
  const kept = keptOnMachine.map((name) => [name, window.localStorage.getItem(name)] as const)
  const ended =
    why === 'ended'
      ? await api.DELETE('/api/session').catch(() => undefined)
      : await api.POST('/api/session/identity-provider/sign-out').catch(() => undefined)
  for (const [name, value] of kept) if (value !== null) window.localStorage.setItem(name, value)
  return ended?.data ? ended.data.url : undefined
}
