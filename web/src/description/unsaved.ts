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
 * nothing. `update` gets what is kept now and gives what is kept from here on; null forgets it.
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
    () => kept.get(key),
  )
  const change = (update: (now: Unsaved | undefined) => Unsaved | null) => {
    const next = update(kept.get(key))
    if (next && isAnything(next)) kept.set(key, next)
    else kept.delete(key)
    for (const listener of listeners) listener()
  }
  return [unsaved, change]
}

/** What was typed while `sent` was on its way, on the revision that came of it. */
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

/** True while anything anywhere is typed and not saved. */
export function hasUnsaved(): boolean {
  return kept.size > 0
}

/** How many things are typed and not saved. */
export function countUnsaved({ edits, text, reason, effectiveFrom }: Unsaved): number {
  return edits.length + [text, reason, effectiveFrom].filter((one) => one !== undefined).length
}

function isAnything(unsaved: Unsaved): boolean {
  return countUnsaved(unsaved) > 0
}
