import { useEffect, useSyncExternalStore } from 'react'
import type { AnonymisedCopy } from './copy-shapes.ts'
import { workOf, type Work } from './work.ts'

/** Work on one copy in this browser tab. */
export interface StoredWork {
  /** Revision of the server's work that it is based on. */
  revision: number
  /** Work as saved on the server. */
  saved: Work
  work: Work
  /** Undo history, latest last. */
  past: readonly { work: Work; act: string }[]
}

/** Maximum number of undo steps. */
const maxUndoSteps = 100
const works = new Map<string, StoredWork>()
const listeners = new Set<() => void>()

/** Records an act and the work after it; consecutive typing in one field is one act. */
export function edited(now: StoredWork, work: Work, act: string): StoredWork {
  if (work === now.work) return now
  const isSameAct = act.startsWith('text-') && now.past.at(-1)?.act === act
  return { ...now, work, past: isSameAct ? now.past : [...now.past, { work: now.work, act }].slice(-maxUndoSteps) }
}

/** Undoes the last act. */
export function undone(now: StoredWork): StoredWork {
  const last = now.past.at(-1)
  return last ? { ...now, work: last.work, past: now.past.slice(0, -1) } : now
}

/** Marks what was sent as saved; what was typed meanwhile stays unsaved. */
export function recordSaved(now: StoredWork, sent: Work, revision: number): StoredWork {
  return { ...now, saved: sent, revision }
}

export function isUnsaved({ work, saved }: StoredWork): boolean {
  return work !== saved
}

/**
 * Work of one person on one copy. Unsaved work is kept in memory while the tab is open: it survives the end of a session and a
 * change of page, and the tab asks before it closes.
 */
export function useStoredWork(
  personId: string,
  copy: AnonymisedCopy,
): [StoredWork, (update: (now: StoredWork) => StoredWork) => void] {
  const key = `${personId} ${copy.id}`
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => storedOf(key, copy),
  )
  useEffect(
    () => () => {
      // The words of a call stay in the tab's memory only while somebody works on them.
      const stored = works.get(key)
      if (stored && !isUnsaved(stored)) works.delete(key)
    },
    [key],
  )
  return [
    now,
    (update) => {
      works.set(key, update(storedOf(key, copy)))
      guardTab()
      for (const listener of listeners) listener()
    },
  ]
}

/** Returns the work of this tab if it is unsaved or as new as the server's; otherwise the server's. */
function storedOf(key: string, copy: AnonymisedCopy): StoredWork {
  const now = works.get(key)
  if (now && (isUnsaved(now) || now.revision >= copy.revision)) return now
  const work = workOf(copy)
  const started = { revision: copy.revision, saved: work, work, past: [] }
  works.set(key, started)
  return started
}

/** Asks before a tab with unsaved work closes, whichever page it shows. */
function guardTab(): void {
  if ([...works.values()].some(isUnsaved)) window.addEventListener('beforeunload', confirmLeaving)
  else window.removeEventListener('beforeunload', confirmLeaving)
}

function confirmLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault()
}
