/**
 * Tables of what is done for a request under the switches for the GDPR and Act 621/1999: copies, downloads, document
 * decisions. Read-only here, apart from the removal of a copy; functions change them (database/functions/requests/acts.sql).
 */
import type { ColumnType } from 'kysely'

type Read<T> = ColumnType<T, never, never>
type Instant = Temporal.Instant

export interface RequestActTables {
  subject_copy: {
    id: Read<string>
    request_id: Read<string>
    /** Null once the request is erased. */
    recording_id: Read<string | null>
    method: Read<'PASSPHRASE' | 'KEY'>
    made_at: Read<Instant>
    made_by: Read<string>
    expires_at: Read<Instant>
    ready_at: Read<Instant | null>
    ended_at: Read<Instant | null>
    end_why: Read<'taken' | 'expired' | 'withdrawn' | 'destroyed' | 'failed' | null>
    /** When the custodian removed its object. */
    removed_at: ColumnType<Instant | null, never, Instant>
  }
  /** Downloads that were begun or refused. */
  download: {
    id: Read<string>
    copy_id: Read<string | null>
    at: Read<Instant>
    outcome: Read<'begun' | 'refused'>
    address: Read<string | null>
  }
  openness_decision: {
    request_id: Read<string>
    outcome: Read<'SECRET' | 'REFERRED'>
    provision: Read<string>
    leads_to: Read<'RESEARCH' | 'AUTHORITY' | null>
    decided_at: Read<Instant>
    decided_by: Read<string>
  }
}
