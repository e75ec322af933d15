import { useSyncExternalStore } from 'react'

let announcement = { text: '', count: 0 }
const listeners = new Set<() => void>()

/** Announces a text to screen readers, politely. */
export function announce(text: string): void {
  announcement = { text, count: announcement.count + 1 }
  for (const listener of listeners) listener()
}

/** Live regions of {@link announce}; once in the shell. Two regions in turn, so that the same text is announced again. */
export function Announcer() {
  const { text, count } = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => announcement,
  )
  return (
    <div className="visually-hidden">
      <div aria-live="polite">{count % 2 === 0 ? text : ''}</div>
      <div aria-live="polite">{count % 2 === 1 ? text : ''}</div>
    </div>
  )
}
