/**
 * Tables of people, rights, keys and logs for Kysely (migrations/). Instants are Temporal.Instant both ways
 * (platform/database).
 */
import type { ColumnType, Generated, Kysely, Transaction } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { Purpose } from '#description/purposes.ts'
import type { Change } from '#description/changes/change.ts'
import type { Duty, Role, Scope } from '#description/roles.ts'
import type { ProcedureTables } from './access/procedure-tables.ts'
import type { AuditTables } from './audit/audit-tables.ts'
import type { LedgerTables } from './ledger/ledger-tables.ts'
import type { KeyTables } from './keys/key-tables.ts'
import type { PlaceTables } from './places/place-tables.ts'
import type { SignInTables } from './sign-in/sign-in-tables.ts'
import type { WatchTables } from './watch/watch-tables.ts'

type Instant = Temporal.Instant

export interface SafeguardTables
  extends AuditTables, LedgerTables, SignInTables, KeyTables, ProcedureTables, PlaceTables, WatchTables {
  unit: { id: string; name: string }
  person: {
    id: string
    user_id: string
    password_salt: string | null
    password_check: Buffer | null
    password_set_at: Generated<Instant | null>
    /** True if the password is long enough to be the only factor. */
    password_alone: Generated<boolean>
    employed_from: Instant
    employed_to: Instant | null
    source: Generated<DirectorySource>
    external_id: string | null
    /** True if the identity provider may identify the person by `external_id`. */
    external_id_signs_in: Generated<boolean>
    /** When the identity system removed the person. */
    withdrawn_at: Instant | null
    /** When the person was informed that calls are recorded. */
    informed_at: Instant | null
    created_at: Generated<Instant>
    changed_at: Generated<Instant>
  }
  person_name: {
    person_id: string
    name: string
    given_name: string | null
    family_name: string | null
    valid_from: Instant
    valid_to: Instant | null
  }
  person_phone: { person_id: string; phone_key: PhoneNumberKey; valid_from: Instant; valid_to: Instant | null }
  person_placement: {
    person_id: string
    unit_id: string | null
    supervisor_id: string | null
    valid_from: Instant
    valid_to: Instant | null
    /** Null in rows of versions that did not store it. */
    entered_at: Generated<Instant | null>
  }
  person_recording_consent: { person_id: string; valid_from: Instant; valid_to: Instant | null }
  scim_token: {
    id: Generated<string>
    hash: Buffer
    name: string
    created_at: Generated<Instant>
    revoked_at: Instant | null
  }
  description_version: {
    version: number
    text: string
    hash: Buffer
    effective_from: Instant
    draft_id: string | null
    author: string | null
    approver: string | null
    approved_at: Instant
    changes: ColumnType<Change[], string, never>
  }
  described_role: {
    version: number
    role: Role
    duty: Duty | null
    purposes: Purpose[]
    scope: Scope
  }
  /** Versions of the description that have come into force, and when. */
  version_effect: { version: number; at: Generated<Instant> }
  description_draft: {
    id: string
    based_on: number
    revision: Generated<number>
    text: string
    reason: Generated<string>
    effective_from: Generated<Instant | null>
    author: string
    state: Generated<DraftState>
    created_at: Generated<Instant>
    changed_at: Generated<Instant>
    submitted_at: ColumnType<Instant | null, never, never>
    decided_by: ColumnType<string | null, never, never>
    decided_at: ColumnType<Instant | null, never, never>
    decision_note: ColumnType<string | null, never, never>
  }
}

/** Source of a directory entry. */
export type DirectorySource = 'manual' | 'csv' | 'scim'
export type DraftState = 'DRAFT' | 'SUBMITTED' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN'

export type Db = Kysely<SafeguardTables>
export type Tx = Transaction<SafeguardTables>
/** A database with these tables and possibly others. Any Kysely is accepted, because its type is invariant in its tables. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the only place without table types
export type SafeguardsDatabase = Kysely<any>

/** Returns the database typed with these tables. */
export function safeguardsOf(db: SafeguardsDatabase): Db {
  return db as Db
}
