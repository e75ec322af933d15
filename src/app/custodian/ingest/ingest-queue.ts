/** Queue of recordings to ingest, with the time each was queued and the time a failed one is retried. */
export interface IngestQueue {
  /** Returns the ids of `waiting` to try now. Removes recordings that are not in `waiting`, unless that list is cut off. */
  due(waiting: readonly string[], list?: { isCutOff: boolean }): string[]
  done(id: string): void
  /**
   * Records a failed attempt.
   * @returns milliseconds until the retry
   */
  failed(id: string, code: string): number
  /** Postpones a recording by the longest pause. */
  postpone(id: string, code: string): void
  /** Returns the recording that has waited longest. `sinceMs` as in performance.now(). */
  oldest(): { sinceMs: number; code: string } | undefined
}

const firstRetryMs = 5_000
/** Longest pause for faults of a store or a database, which may end at any moment. */
const maxRetryMs = 60_000
/** Longest pause for faults of the recording itself. Somebody must restore its key or object, or install a later program. */
const maxRecordingRetryMs = 3_600_000

/** Returns true for outages of a store, key store or database, which end by themselves; other faults are the recording's. */
function isOutage(code: string): boolean {
  return (
    /^(?:object-store-|object-disk-full|database-|KEY_STORE_|E[A-Z]+$)/.test(code) ||
    // SQLSTATE classes: connection exception, transaction rollback, insufficient resources, operator intervention, system error.
    /^(?:08|40|53|57|58)[0-9A-Z]{3}$/.test(code)
  )
}

export function createIngestQueue(nowMs: () => number = () => performance.now()): IngestQueue {
  const entries = new Map<string, { sinceMs: number; tries: number; againAtMs: number; code: string }>()

  return {
    due(waiting, { isCutOff } = { isCutOff: false }) {
      const ids = new Set(waiting)
      for (const id of entries.keys()) if (!ids.has(id) && !isCutOff) entries.delete(id)
      for (const id of waiting) {
        if (!entries.has(id)) entries.set(id, { sinceMs: nowMs(), tries: 0, againAtMs: 0, code: 'not-ingested' })
      }
      return waiting.filter((id) => entries.get(id)!.againAtMs <= nowMs())
    },
    done: (id) => void entries.delete(id),
    failed(id, code) {
      const one = entries.get(id)
      const maxMs = isOutage(code) ? maxRetryMs : maxRecordingRetryMs
      const againMs = Math.min(maxMs, firstRetryMs * 2 ** (one?.tries ?? 0))
      if (one) Object.assign(one, { tries: one.tries + 1, againAtMs: nowMs() + againMs, code })
      return againMs
    },
    postpone(id, code) {
      const [sinceMs, againAtMs] = [nowMs(), nowMs() + maxRecordingRetryMs]
      entries.set(id, { sinceMs, tries: 1, againAtMs, code })
    },
    oldest() {
      const [first] = [...entries.values()].sort((one, other) => one.sinceMs - other.sinceMs)
      return first && { sinceMs: first.sinceMs, code: first.code }
    },
  }
}
