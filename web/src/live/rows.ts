/**
 * Calls in progress. In: pictures of them from the server. Out: rows that stay where they are. Never here: sound;
 * nobody listens in on a live call.
 */
import type { LiveCall, LiveCalls } from '../api/shapes.ts'

export interface LiveRow {
  call: LiveCall
  /** When the call was missing from the picture for the first time. */
  endedAt?: string
}

/**
 * The rows after a new picture. A known call keeps its place, a new one comes last, and one that has ended stays as
 * ended: nothing moves under the reader's eyes or pointer.
 */
export function nextRows(rows: readonly LiveRow[], picture: LiveCalls): LiveRow[] {
  const now = new Map(picture.items.map((call) => [call.segmentId, call]))
  const known = new Set(rows.map((row) => row.call.segmentId))
  const kept = rows.map((row): LiveRow => {
    const call = now.get(row.call.segmentId)
    return call ? { call } : { call: row.call, endedAt: row.endedAt ?? picture.at }
  })
  const fresh = picture.items
    .filter((call) => !known.has(call.segmentId))
    .sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
  return [...kept, ...fresh.map((call): LiveRow => ({ call }))]
}

/** Without the calls that have ended. */
export function withoutEnded(rows: readonly LiveRow[]): LiveRow[] {
  return rows.filter((row) => row.endedAt == null)
}

/** Calls in progress whose recording fails, the longest first. */
export function failing(rows: readonly LiveRow[]): LiveRow[] {
  return withoutEnded(rows).filter((row) => row.call.recording === 'failing')
}

/** Whether it says something which recorder has a call: there are several, or one that does not answer. */
export function tellsNodes(rows: readonly LiveRow[]): boolean {
  const nodes = rows.flatMap(({ call, endedAt }) => (call.node && !endedAt ? [call.node] : []))
  return nodes.some(({ silent }) => silent) || new Set(nodes.map(({ name }) => name)).size > 1
}
