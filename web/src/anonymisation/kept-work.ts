import { useEffect, useSyncExternalStore } from 'react'
import type { AnonymisedCopy } from './copy-shapes.ts'
import { workOf, type Work } from './work.ts'

/** The work on one copy as it stands in this browser tab. */
export interface Kept {
  /** Of the server's work that it began from. */
  revision: number
  /** What the server has. */
  saved: Work
  work: Work
  /** What can be taken back to, latest last. */
  past: readonly { work: Work; act: string }[]
}

/** So many steps can be taken back. */
const stepsBack = 100
const kept = new Map<string, Kept>()
const listeners = new Set<() => void>()

/** The work after an act; letters typed one after the other into one field are one act. */
export function edited(now: Kept, work: Work, act: string): Kept {
  if (work === now.work) return now
  const isSameAct = act.startsWith('text-') && now.past.at(-1)?.act === act
  return { ...now, work, past: isSameAct ? now.past : [...now.past, { work: now.work, act }].slice(-stepsBack) }
}

/** The work before the last act. */
export function undone(now: Kept): Kept {
  const last = now.past.at(-1)
  return last ? { ...now, work: last.work, past: now.past.slice(0, -1) } : now
}

/** What was sent is the server's now; what was typed while it was on its way stays unsaved. */
export function noteSaved(now: Kept, sent: Work, revision: number): Kept {
  return { ...now, saved: sent, revision }
}

export function isUnsaved({ work, saved }: Kept): boolean {
  return work !== saved
}

/**
 * What one person does to one copy. What is unsaved is kept while this browser tab lives: a session that ends, or another page,
 * loses nothing, and the tab asks before it closes.
 */
export function useKeptWork(personId: string, copy: AnonymisedCopy): [Kept, (update: (now: Kept) => Kept) => void] {
  const key = `${personId} ${copy.id}`
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => keptOf(key, copy),
  )
  useEffect(
    () => () => {
      // What is said in a call stays in the memory of a tab only as long as somebody works on it.
      const left = kept.get(key)
      if (left && !isUnsaved(left)) kept.delete(key)
    },
    [key],
  )
  return [
    now,
    (update) => {
      kept.set(key, update(keptOf(key, copy)))
      guardTheTab()
      for (const listener of listeners) listener()
    },
  ]
}

/** What is kept; begun from the server's where nothing is unsaved. */
function keptOf(key: string, copy: AnonymisedCopy): Kept {
  const now = kept.get(key)
  if (now && (isUnsaved(now) || now.revision >= copy.revision)) return now
  const work = workOf(copy)
  const begun = { revision: copy.revision, saved: work, work, past: [] }
  kept.set(key, begun)
  return begun
}

/** A tab with something unsaved asks before it closes, whichever page it shows. */
function guardTheTab(): void {
  if ([...kept.values()].some(isUnsaved)) window.addEventListener('beforeunload', askToStay)
  else window.removeEventListener('beforeunload', askToStay)
}

function askToStay(event: BeforeUnloadEvent): void {
  event.preventDefault()
}
