/** Recordings that wait to be taken into keeping: since when, and when one that failed is tried again. */
export interface IngestQueue {
  /** Those of the waiting that are to be tried now. What does not wait any more is forgotten, unless the list is cut off. */
  due(waiting: readonly string[], list?: { isCutOff: boolean }): string[]
  done(id: string): void
  /** @returns milliseconds until it is tried again */
  failed(id: string, code: string): number
  /** One that is not tried for as long as any pause is. */
  leave(id: string, code: string): void
  /** Of those that wait, the one that has waited longest. `sinceMs` as performance.now() counts. */
  oldest(): { sinceMs: number; code: string } | undefined
}

const firstAgainMs = 5_000
/** A store or a database that kept it may be mended at any moment: no longer than this. */
const mostAgainMs = 60_000
/** What lies in the recording itself is mended by a person: a key or a body brought back, or a later program. */
const mostAgainOfRecordingMs = 3_600_000

/** A store, a key store or a database that is away ends by itself; any other fault is the recording's own. */
function endsByItself(code: string): boolean {
  return (
    /^(?:object-store-|object-disk-full|database-|KEY_STORE_|E[A-Z]+$)/.test(code) ||
    // PostgreSQL: connection, transaction rolled back, resources, operator's intervention, system.
    /^(?:08|40|53|57|58)[0-9A-Z]{3}$/.test(code)
  )
}

export function createIngestQueue(nowMs: () => number = () => performance.now()): IngestQueue {
  const known = new Map<string, { sinceMs: number; tries: number; againAtMs: number; code: string }>()

  return {
    due(waiting, { isCutOff } = { isCutOff: false }) {
      const ids = new Set(waiting)
      for (const id of known.keys()) if (!ids.has(id) && !isCutOff) known.delete(id)
      for (const id of waiting) {
        if (!known.has(id)) known.set(id, { sinceMs: nowMs(), tries: 0, againAtMs: 0, code: 'not-ingested' })
      }
      return waiting.filter((id) => known.get(id)!.againAtMs <= nowMs())
    },
    done: (id) => void known.delete(id),
    failed(id, code) {
      const one = known.get(id)
      const most = endsByItself(code) ? mostAgainMs : mostAgainOfRecordingMs
      const againMs = Math.min(most, firstAgainMs * 2 ** (one?.tries ?? 0))
      if (one) Object.assign(one, { tries: one.tries + 1, againAtMs: nowMs() + againMs, code })
      return againMs
    },
    leave(id, code) {
      const [sinceMs, againAtMs] = [nowMs(), nowMs() + mostAgainOfRecordingMs]
      known.set(id, { sinceMs, tries: 1, againAtMs, code })
    },
    oldest() {
      const [first] = [...known.values()].sort((one, other) => one.sinceMs - other.sinceMs)
      return first && { sinceMs: first.sinceMs, code: first.code }
    },
  }
}
