/** Tables of evidence, as typed for Kysely (database/schema.sql). */
import type { ColumnType, Generated } from 'kysely'
import type { PromiseId } from '#description/promises.ts'

type Instant = Temporal.Instant

/** Counts, instants (ISO 8601) and ids: no names or numbers of callers or officials. */
export type Facts = Record<string, string | number | boolean | null>

export interface EvidenceTables {
  proof: {
    promise: PromiseId
    checked_at: Instant
    holds: boolean
    facts: ColumnType<Facts | null, string | null, string>
    /** Code of the error if the check failed. */
    fault: string | null
    broken_since: Instant | null
    duration_ms: number
    /** State for the next check (seal-memo.ts). */
    memo: ColumnType<unknown, string | undefined, string>
    /** By the log's key; null while there is none. */
    signature: string | null
  }
  proof_change: {
    seq: Generated<number>
    at: Generated<Instant>
    promise: PromiseId
    holds: boolean
    facts: ColumnType<Facts | null, string | null, never>
    fault: string | null
  }
  work_done: { work: string; at: Instant }
  obeyed_version: { instance: string; process: string; version: number; hash: Buffer; reported_at: Generated<Instant> }
}
