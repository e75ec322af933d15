import { useSyncExternalStore } from 'react'
import type { DraftEdit } from '../api/shapes.ts'

/** Unsaved edits of a draft. */
export interface Unsaved {
  /** Revision they were typed on. */
  revision: number
  edits: DraftEdit[]
  text?: string
  reason?: string
  effectiveFrom?: string
}

const drafts = new Map<string, Unsaved>()
const listeners = new Set<() => void>()

/**
 * Unsaved edits of one person on one draft, kept in memory while the tab is open: they survive the end of a session and a
 * change of page. `update` maps the current edits to the new ones; null discards them.
 */
export function useUnsaved(
  personId: string,
  draftId: string,
): [Unsaved | undefined, (update: (now: Unsaved | undefined) => Unsaved | null) => void] {
  const key = `${personId} ${draftId}`
  const unsaved = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => drafts.get(key),
  )
  const change = (update: (now: Unsaved | undefined) => Unsaved | null) => {
    const next = update(drafts.get(key))
    if (next && hasEdits(next)) drafts.set(key, next)
    else drafts.delete(key)
    for (const listener of listeners) listener()
  }
  return [unsaved, change]
}

/** Returns what was typed after `sent` was sent, on the new revision. */
export function withoutSent(now: Unsaved, sent: Unsaved, revision: number): Unsaved {
  return {
    revision,
    edits: now.edits.filter((edit) => !sent.edits.includes(edit)),
    ...(now.text !== undefined && now.text !== sent.text && { text: now.text }),
    ...(now.reason !== undefined && now.reason !== sent.reason && { reason: now.reason }),
    ...(now.effectiveFrom !== undefined &&
      now.effectiveFrom !== sent.effectiveFrom && { effectiveFrom: now.effectiveFrom }),
  }
}

/** Returns true while any edit is unsaved. */
export function hasUnsaved(): boolean {
  return drafts.size > 0
}

/** Returns the number of unsaved edits. */
export function countUnsaved({ edits, text, reason, effectiveFrom }: Unsaved): number {
  return edits.length + [text, reason, effectiveFrom].filter((one) => one !== undefined).length
}

function hasEdits(unsaved: Unsaved): boolean {
  return countUnsaved(unsaved) > 0
}
