import type { ColumnType, Generated } from 'kysely'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'

type Instant = Temporal.Instant

/** The tables of the audit log (migrations/0001-spine.sql, 0008-audit-log.sql). */
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
  }
}
