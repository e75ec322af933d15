/**
 * What the tabs of one browser tell each other: they share one session, so its use in one is its use in all. In and out:
 * that the session was used, begun or ended. Never here: anything about whom or what was looked at.
 */
export type Told = 'used' | 'signed-in' | 'signed-out' | 'ended'

const kinds: readonly unknown[] = ['used', 'signed-in', 'signed-out', 'ended'] satisfies Told[]
const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('seloste.session')

/** Tells the other tabs. */
export function tellTabs(told: Told): void {
  channel?.postMessage(told)
}

/** Calls back for what another tab tells, until the returned function is called. */
export function hearTabs(onTold: (told: Told) => void): () => void {
  const hear = ({ data }: MessageEvent) => {
    if (kinds.includes(data)) onTold(data as Told)
  }
  channel?.addEventListener('message', hear)
  return () => channel?.removeEventListener('message', hear)
}
