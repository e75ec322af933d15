/**
 * Messages between the tabs of one browser, which share one session: it was used, begun or ended. Messages carry nothing about
 * persons or calls.
 */
export type Told = 'used' | 'signed-in' | 'signed-out' | 'ended'

const kinds: readonly unknown[] = ['used', 'signed-in', 'signed-out', 'ended'] satisfies Told[]
const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('seloste.session')

/** Notifies the other tabs. */
export function tellTabs(told: Told): void {
  channel?.postMessage(told)
}

/** Subscribes to messages of other tabs. Returns the unsubscribe function. */
export function hearTabs(onTold: (told: Told) => void): () => void {
  const hear = ({ data }: MessageEvent) => {
    if (kinds.includes(data)) onTold(data as Told)
  }
  channel?.addEventListener('message', hear)
  return () => channel?.removeEventListener('message', hear)
}
