import { useSyncExternalStore } from 'react'
import { usePresence } from '../session/use-presence.ts'

const kept = new Map<string, object>()
const listeners = new Set<() => void>()

export interface KeptForm<Typed> {
  typed: Typed
  /** Something was typed and is not sent. */
  isTyped: boolean
  edit: (edited: Partial<Typed>) => void
  forget: () => void
}

/**
 * Form content of one person, kept in memory while the tab is open: it survives the end of a session and a change of page, and
 * the tab asks before it closes. Another person who signs in starts with an empty form.
 */
export function useKeptForm<Typed extends object>(form: string, begin: Typed): KeptForm<Typed> {
  const presence = usePresence()
  const key = `${presence.state === 'signed-in' ? presence.me.personId : ''} ${form}`
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => kept.get(key) as Typed | undefined,
  )
  return {
    typed: now ?? begin,
    isTyped: now !== undefined,
    edit(edited) {
      kept.set(key, { ...((kept.get(key) as Typed | undefined) ?? begin), ...edited })
      notify()
    },
    forget() {
      kept.delete(key)
      notify()
    },
  }
}

function notify(): void {
  if (kept.size > 0) window.addEventListener('beforeunload', confirmLeaving)
  else window.removeEventListener('beforeunload', confirmLeaving)
  for (const listener of listeners) listener()
}

function confirmLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault()
}
