/**
 * Messages between the tabs of one browser, which share one session: it was used, begun or ended. Messages carry nothing about
 * persons or calls.
 */
export type TabMessage = 'used' | 'signed-in' | 'signed-out' | 'ended'

const kinds: readonly unknown[] = ['used', 'signed-in', 'signed-out', 'ended'] satisfies TabMessage[]
const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('seloste.session')

/** Notifies the other tabs. */
export function notifyTabs(message: TabMessage): void {
  channel?.postMessage(message)
}

/** Subscribes to messages of other tabs. Returns the unsubscribe function. */
export function listenToTabs(onMessage: (message: TabMessage) => void): () => void {
  const receive = ({ data }: MessageEvent) => {
    if (kinds.includes(data)) onMessage(data as TabMessage)
  }
  channel?.addEventListener('message', receive)
  return () => channel?.removeEventListener('message', receive)
}
