import type { ColumnType, Generated } from 'kysely'

type Instant = Temporal.Instant

export type VerificationState = 'WAITING' | 'RUNNING' | 'WHOLE' | 'BROKEN' | 'CANCELLED' | 'FAILED'

/** Table of verifications of the log (database/functions/audit/read.sql). */
export interface VerificationTables {
  log_verification: {
    id: Generated<string>
    asked_by: string | null
    asked_at: Generated<Instant>
    started_at: Instant | null
    ended_at: Instant | null
    state: Generated<VerificationState>
    cancelled_at: ColumnType<Instant | null, never, never>
    step: string | null
    checked: Generated<number>
    entries: number | null
    report: ColumnType<unknown, string | null, string | null>
    fault: string | null
    signature: string | null
  }
}
