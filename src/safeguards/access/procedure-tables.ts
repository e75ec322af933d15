import type { Generated } from 'kysely'
import type { Purpose } from '#description/purposes.ts'
import type { Role, Scope } from '#description/roles.ts'

type Instant = Temporal.Instant

/** The tables of the access-authorisation procedure (migrations/0001-spine.sql, 0010-access-procedure.sql). */
export interface ProcedureTables {
  access_right: {
    id: string
    person_id: string
    role: Role
    duty: 'QUALITY' | 'TRAINING' | null
    purposes: Purpose[]
    scope_kind: Scope
    scope_units: Generated<string[]>
    scope_numbers: Generated<string[]>
    valid_from: Instant
    valid_to: Instant | null
    requested_by: string
    approved_by: string
    revoked_at: Instant | null
  }
}
