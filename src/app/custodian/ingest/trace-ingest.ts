import type { Kysely } from 'kysely'
import { spanIdsOf } from '#capture/session/seen/trace-calls.ts'
import type { Traces } from '#platform/traces/traces.ts'
import type { RegisterTables } from '#register/tables.ts'

/** Returns a function that runs an ingestion and records it as a span in the trace of its contact. */
export function traceIngest(
  traces: Traces,
  nowMs: () => number,
  db: Kysely<RegisterTables>,
): <Result>(recordingId: string, ingest: () => Promise<Result>) => Promise<Result> {
  return async (recordingId, ingest) => {
    if (!traces.on) return ingest()
    const row = await db
      .selectFrom('recording')
      .select(['contact_id', 'segment_id'])
      .where('id', '=', recordingId)
      .executeTakeFirst()
      .catch(() => undefined)
    const startedMs = nowMs()
    let failed = true
    try {
      const result = await ingest()
      failed = false
      return result
    } finally {
      traces.record({
        ...{ name: 'keep', kind: 'internal', startedMs, endedMs: nowMs(), failed },
        ...(row && { spanIds: spanIdsOf(row.contact_id, row.segment_id).child }),
        attributes: { 'seloste.recording.id': recordingId, 'seloste.contact.id': row?.contact_id },
      })
    }
  }
}
