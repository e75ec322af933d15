import type { ColumnType, Generated } from 'kysely'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'

type Instant = Temporal.Instant

/** Tables of the audit log (database/schema.sql; docs/formats/audit-log.md). */
export interface AuditTables {
  audit_entry: {
    seq: Generated<number>
    at: Generated<Instant>
    person_id: string | null
    right_id: string | null
    role: Role | null
    action: string
    purpose: Purpose | null
    reference: string | null
    object_kind: string | null
    object_id: string | null
    result: string
    detail: ColumnType<unknown, string, never>
    /** Random: the hash of an entry does not reveal its content. */
    salt: Generated<string>
  }
  /** Entries that are not in the tree yet. */
  audit_pending: { seq: number }
  /** `seq` is null if the entry is lost. */
  audit_leaf: { index: number; seq: number | null; hash: Buffer }
  audit_subtree: { level: number; index: number; hash: Buffer }
  audit_checkpoint: { size: number; root: Buffer; note: string; signed_at: Generated<Instant> }
  /** One row (`one` is true): the signed leaf count when entries began to be signed. */
  audit_signed_from: { one: Generated<boolean>; note: string }
  audit_break: {
    id: Generated<number>
    found_at: Generated<Instant>
    findings: ColumnType<unknown, string, never>
    accepted_at: Instant | null
    reason: string | null
    accepted_by: string | null
  }
  /** Verifications of the log (database/functions/audit/read.sql). */
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

export type VerificationState = 'WAITING' | 'RUNNING' | 'WHOLE' | 'BROKEN' | 'CANCELLED' | 'FAILED'
