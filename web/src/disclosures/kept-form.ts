import { useSyncExternalStore } from 'react'
import { usePresence } from '../session/use-presence.ts'

const kept = new Map<string, object>()
const listeners = new Set<() => void>()

export interface KeptForm<Typed> {
  typed: Typed
  /** Something was typed and has not been sent. */
  isTyped: boolean
  edit: (edited: Partial<Typed>) => void
  forget: () => void
}

/**
 * What one person types into one form, kept while this browser tab lives: a session that ends, or another page, loses nothing,
 * and the tab asks before it closes. Whoever signs in after them begins with an empty form.
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
      tell()
    },
    forget() {
      kept.delete(key)
      tell()
    },
  }
}

function tell(): void {
  if (kept.size > 0) window.addEventListener('beforeunload', askToStay)
  else window.removeEventListener('beforeunload', askToStay)
  for (const listener of listeners) listener()
}

function askToStay(event: BeforeUnloadEvent): void {
  event.preventDefault()
}
