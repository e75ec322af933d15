import type { ColumnType, Generated } from 'kysely'
import type { Purpose } from '#description/purposes.ts'
import type { Role, Scope } from '#description/roles.ts'

type Instant = Temporal.Instant

/** Granted by the procedure, or by the installation to the first users. */
export type RightOrigin = 'procedure' | 'installation'
export type RequestState = 'REQUESTED' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN'
/** In which capacity somebody ended a right; `employment` if the directory did. */
export type RevokeCause = 'own' | 'supervisor' | 'approver' | 'review' | 'employment'
/** Reasons for doubt in a review. */
export type Doubt = 'no-officials' | 'duty-unknown' | 'answers-calls' | 'place-changed' | 'narrowed'

/** Tables of the access-authorisation procedure (database/schema.sql). */
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
  right_request: {
    id: ColumnType<string, never, never>
    /** The same for all requests made together. */
    batch_id: ColumnType<string, never, never>
    person_id: ColumnType<string, never, never>
    role: ColumnType<Role, never, never>
    duty: ColumnType<'QUALITY' | 'TRAINING' | null, never, never>
    purposes: ColumnType<Purpose[], never, never>
    scope_kind: ColumnType<Scope, never, never>
    scope_units: ColumnType<string[], never, never>
    scope_numbers: ColumnType<string[], never, never>
    reason: ColumnType<string, never, never>
    valid_from: ColumnType<Instant | null, never, never>
    valid_to: ColumnType<Instant, never, never>
    requested_by: ColumnType<string, never, never>
    requested_at: ColumnType<Instant, never, never>
    state: ColumnType<RequestState, never, never>
    decided_by: ColumnType<string | null, never, never>
    decided_at: ColumnType<Instant | null, never, never>
    /** Reason of the decision. */
    note: ColumnType<string | null, never, never>
  }
  right_review: {
    id: ColumnType<string, never, never>
    right_id: ColumnType<string, never, never>
    reviewed_by: ColumnType<string, never, never>
    reviewed_at: ColumnType<Instant, never, never>
    /** False if the review ended the right. */
    kept: ColumnType<boolean, never, never>
    note: ColumnType<string | null, never, never>
    doubts: ColumnType<Doubt[], never, never>
  }
  /** Service numbers of each version of the description. */
  described_number: { version: number; number: string }
}
