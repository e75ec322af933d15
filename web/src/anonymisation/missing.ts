import type { CopyLack } from './copy-shapes.ts'
import type { Redaction, Turn, Work } from './work.ts'

/** One thing that keeps the copy from being made, and the rows of the editor that it is about. */
export interface Missing {
  what: CopyLack['what']
  /** Rows that are there still. */
  turns: Turn[]
  redactions: Redaction[]
}

const ofTurns: ReadonlySet<CopyLack['what']> = new Set(['identifiers-left', 'transcript', 'unreviewed-turns'])

/**
 * What the server misses in the saved work, tied to the rows as they stand now: it counts the rows that were saved, and rows may
 * have come and gone since.
 */
export function missingOf(lacks: readonly CopyLack[], saved: Work, now: Work): Missing[] {
  return lacks.map(({ what, at = [] }) => ({
    what,
    turns: ofTurns.has(what) ? stillThere(at, saved.turns, now.turns) : [],
    redactions: what === 'unreviewed' ? stillThere(at, saved.redactions, now.redactions) : [],
  }))
}

function stillThere<T extends { key: number }>(at: readonly number[], saved: readonly T[], now: readonly T[]): T[] {
  return at.flatMap((index) => now.find(({ key }) => key === saved[index]?.key) ?? [])
}
