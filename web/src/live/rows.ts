/** Rows of calls in progress, from the server's snapshots. Rows keep their places; live calls have no audio here. */
import type { LiveCall, LiveCalls } from '../api/shapes.ts'

export interface LiveRow {
  call: LiveCall
  /** When the call was first missing from a snapshot. */
  endedAt?: string
}

/**
 * Returns the rows after a new snapshot. A known call keeps its place, a new one is appended, and an ended one stays as ended,
 * so that nothing moves under the reader's eyes or pointer.
 */
export function nextRows(rows: readonly LiveRow[], snapshot: LiveCalls): LiveRow[] {
  const now = new Map(snapshot.items.map((call) => [call.segmentId, call]))
  const known = new Set(rows.map((row) => row.call.segmentId))
  const remaining = rows.map((row): LiveRow => {
    const call = now.get(row.call.segmentId)
    return call ? { call } : { call: row.call, endedAt: row.endedAt ?? snapshot.at }
  })
  const fresh = snapshot.items
    .filter((call) => !known.has(call.segmentId))
    .sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
  return [...remaining, ...fresh.map((call): LiveRow => ({ call }))]
}

/** Removes ended calls. */
export function withoutEnded(rows: readonly LiveRow[]): LiveRow[] {
  return rows.filter((row) => row.endedAt == null)
}

/** Returns the rows of calls in progress whose recording fails. */
export function failing(rows: readonly LiveRow[]): LiveRow[] {
  return withoutEnded(rows).filter((row) => row.call.recording === 'failing')
}

/** Returns true if the recorder is worth showing: there are several, or one does not respond. */
export function hasNodes(rows: readonly LiveRow[]): boolean {
  const nodes = rows.flatMap(({ call, endedAt }) => (call.node && !endedAt ? [call.node] : []))
  return nodes.some(({ silent }) => silent) || new Set(nodes.map(({ name }) => name)).size > 1
}
