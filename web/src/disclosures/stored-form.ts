import { useSyncExternalStore } from 'react'
import { usePresence } from '../session/use-presence.ts'

const forms = new Map<string, object>()
const listeners = new Set<() => void>()

export interface StoredForm<Typed> {
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
export function useStoredForm<Typed extends object>(form: string, initial: Typed): StoredForm<Typed> {
  const presence = usePresence()
  const key = `${presence.state === 'signed-in' ? presence.me.personId : ''} ${form}`
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => forms.get(key) as Typed | undefined,
  )
  return {
    typed: now ?? initial,
    isTyped: now !== undefined,
    edit(edited) {
      forms.set(key, { ...((forms.get(key) as Typed | undefined) ?? initial), ...edited })
      notify()
    },
    forget() {
      forms.delete(key)
      notify()
    },
  }
}

function notify(): void {
  if (forms.size > 0) window.addEventListener('beforeunload', confirmLeaving)
  else window.removeEventListener('beforeunload', confirmLeaving)
  for (const listener of listeners) listener()
}

function confirmLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault()
}
