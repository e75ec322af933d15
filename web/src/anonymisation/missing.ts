import type { CopyLack } from './copy-shapes.ts'
import type { Redaction, Turn, Work } from './work.ts'

/** One obstacle to rendering the copy, and the editor rows it is about. */
export interface Missing {
  what: CopyLack['what']
  /** Rows that still exist. */
  turns: Turn[]
  redactions: Redaction[]
}

const turnObstacles: ReadonlySet<CopyLack['what']> = new Set(['identifiers-left', 'transcript', 'unreviewed-turns'])

/**
 * Maps the server's obstacles to the current rows. The server counts the saved rows; rows may have been added and removed
 * since.
 */
export function missingOf(missing: readonly CopyLack[], saved: Work, now: Work): Missing[] {
  return missing.map(({ what, at = [] }) => ({
    what,
    turns: turnObstacles.has(what) ? remainingRows(at, saved.turns, now.turns) : [],
    redactions: what === 'unreviewed' ? remainingRows(at, saved.redactions, now.redactions) : [],
  }))
}

function remainingRows<T extends { key: number }>(at: readonly number[], saved: readonly T[], now: readonly T[]): T[] {
  return at.flatMap((index) => now.find(({ key }) => key === saved[index]?.key) ?? [])
}
