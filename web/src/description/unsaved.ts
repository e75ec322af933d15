import { useSyncExternalStore } from 'react'
import type { DraftEdit } from '../api/shapes.ts'

/** What somebody typed into a draft and has not saved. */
export interface Unsaved {
  /** The revision it was typed on. */
  revision: number
  edits: DraftEdit[]
  text?: string
  reason?: string
  effectiveFrom?: string
}

const kept = new Map<string, Unsaved>()
const listeners = new Set<() => void>()

/**
 * What one person typed into one draft, kept while this browser tab lives: a session that ends, or another page, loses
 * nothing. Null forgets it.
 */
export function useUnsaved(personId: string, draftId: string): [Unsaved | undefined, (next: Unsaved | null) => void] {
  const key = `${personId} ${draftId}`
  const unsaved = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => kept.get(key),
  )
  const set = (next: Unsaved | null) => {
    if (next && (next.edits.length > 0 || [next.text, next.reason, next.effectiveFrom].some((one) => one != null))) {
      kept.set(key, next)
    } else kept.delete(key)
    for (const listener of listeners) listener()
  }
  return [unsaved, set]
}

/** True while anything anywhere is typed and not saved. */
export function hasUnsaved(): boolean {
  return kept.size > 0
}
