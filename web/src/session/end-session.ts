import { api } from '../api/client.ts'

/**
 * Ends the session, whether or not the server hears it. Whoever signs out on purpose and came by way of the identity
 * provider signs out there too: the next at this computer is not let in as them.
 * @returns where the browser goes for that; nothing otherwise
 */
export async function endSession(why: 'ended' | 'signed-out'): Promise<string | undefined> {
  if (why === 'ended') {
    await api.DELETE('/api/session').catch(() => undefined)
    return undefined
  }
  const { data } = await api.POST('/api/session/identity-provider/sign-out').catch(() => ({ data: undefined }))
  return data?.url
}
