import type { ColumnType, Generated } from 'kysely'
import type { Purpose } from '#description/purposes.ts'
import type { Duty, Role, Scope } from '#description/roles.ts'

type Instant = Temporal.Instant

/** Granted by the procedure, or by the installation to the first users. */
export type RightOrigin = 'procedure' | 'installation'
export type RequestState = 'REQUESTED' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN'
/** In which capacity somebody ended a right; `employment` if the directory did. */
export type RevokeCause = 'own' | 'supervisor' | 'approver' | 'review' | 'employment'
/** Reasons for doubt in a review. */
export type Doubt = 'no-officials' | 'duty-unknown' | 'answers-calls' | 'place-changed' | 'narrowed'

/** Columns that only the database's functions write. */
type ReadOnly<Row> = { [Column in keyof Row]: ColumnType<Row[Column], never, never> }

/** Tables of the access-authorisation procedure (database/schema.sql). */
export interface ProcedureTables {
  access_right: {
    id: string
    person_id: string
    role: Role
    duty: Duty | null
    purposes: Purpose[]
    scope_kind: Scope
    scope_units: Generated<string[]>
    scope_numbers: Generated<string[]>
    valid_from: Instant
    valid_to: Instant | null
    /** Null if the installation granted it without an approver. */
    requested_by: string | null
    approved_by: string | null
    revoked_at: Instant | null
    origin: Generated<RightOrigin>
    request_id: string | null
    granted_at: Generated<Instant>
    revoked_by: string | null
    revoke_cause: RevokeCause | null
    revoke_reason: string | null
  }
  right_request: ReadOnly<{
    id: string
    /** The same for all requests made together. */
    batch_id: string
    person_id: string
    role: Role
    duty: Duty | null
    purposes: Purpose[]
    scope_kind: Scope
    scope_units: string[]
    scope_numbers: string[]
    reason: string
    valid_from: Instant | null
    valid_to: Instant
    requested_by: string
    requested_at: Instant
    state: RequestState
    decided_by: string | null
    decided_at: Instant | null
    /** Reason of the decision. */
    note: string | null
  }>
  right_review: ReadOnly<{
    id: string
    right_id: string
    reviewed_by: string
    reviewed_at: Instant
    /** False if the review ended the right. */
    kept: boolean
    note: string | null
    doubts: Doubt[]
  }>
  /** Service numbers of each version of the description. */
  described_number: { version: number; number: string }
}
