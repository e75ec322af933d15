import { $api, queries } from '../api/client.ts'
import { notifyTabs } from '../api/tabs.ts'
import { forgetPurpose } from '../session/purpose.tsx'

/**
 * Starts the listening mode: the session then serves only the appointment, every tab of this browser shows only the room, and
 * fetched data is cleared.
 */
export function useOpenRoom(): { open: (appointmentId: string) => Promise<void>; isBusy: boolean; error: unknown } {
  const begin = $api.useMutation('post', '/api/room')
  const open = async (appointmentId: string) => {
    const room = await begin.mutateAsync({ body: { appointmentId } }).catch(() => undefined)
    if (!room) return
    forgetPurpose()
    notifyTabs('signed-in')
    await queries.refetchQueries({ queryKey: ['get', '/api/session'] })
    queries.removeQueries({
      predicate: ({ queryKey }) => queryKey[1] !== '/api/session' && queryKey[1] !== '/api/room',
    })
  }
  return { open, isBusy: begin.isPending, error: begin.error }
}
