/** Requests of callers and officials, as the desk and the custodian read them; functions change them (database/functions/requests/requests.sql). */
import type { ColumnType } from 'kysely'

type Read<T> = ColumnType<T, never, never>
type Instant = Temporal.Instant

export type RequestParty = 'CALLER' | 'OFFICIAL' | 'MENTIONED' | 'OUTSIDER'
export type RequestKind =
  | 'KNOW'
  | 'LISTEN'
  | 'HISTORY'
  | 'PROHIBIT'
  | 'ERASURE'
  | 'OBJECTION'
  | 'RESTRICTION'
  | 'COPY'
  | 'RECTIFY'
  | 'LOG_EXTRACT'
  | 'MENTIONED'
  | 'OPENNESS'
export type IdentifiedHow =
  'PASSPORT' | 'ID_CARD' | 'DRIVING_LICENCE' | 'RESIDENCE_PERMIT' | 'STRONG_EID' | 'CALLBACK' | 'PERSONNEL'
export type RequestCallState = 'SEVERAL' | 'NOT_FOUND' | 'FOUND' | 'MATCHED' | 'NOT_PARTY' | 'NOT_IDENTIFIABLE'

export interface RequestTables {
  subject_request: {
    id: Read<string>
    /** P-2026-17 */
    number: Read<string>
    party: Read<RequestParty>
    kinds: Read<RequestKind[]>
    channel: Read<'PHONE' | 'LETTER' | 'VISIT' | 'EMAIL' | 'HOME'>
    language: Read<'fi' | 'sv' | 'en'>
    received_at: Read<Instant>
    due_at: Read<Instant>
    entered_at: Read<Instant>
    entered_by: Read<string>
    assigned_to: Read<string | null>
    official_id: Read<string | null>
    identified_how: Read<IdentifiedHow | null>
    identified_at: Read<Instant | null>
    identified_by: Read<string | null>
    extended_until: Read<Instant | null>
    extended_at: Read<Instant | null>
    extended_by: Read<string | null>
    extension_reason: Read<'COMPLEX' | 'MANY' | null>
    closed_at: Read<Instant | null>
    closed_by: Read<string | null>
    outcome: Read<'ANSWERED' | 'REFUSED' | 'WITHDRAWN' | null>
    erased_at: Read<Instant | null>
  }
  subject_requester: {
    request_id: Read<string>
    name: Read<string>
    address: Read<string | null>
    email: Read<string | null>
    phone: Read<string | null>
  }
  request_call: {
    id: Read<string>
    request_id: Read<string>
    ordinal: Read<number>
    state: Read<RequestCallState>
    /** The requester's statements about the call, a ReportedCall; null after erasure. */
    told: Read<unknown>
    /** Terms of the next search, which begins once they are in the audit log; null after it. */
    asked: Read<unknown>
    contact_id: Read<string | null>
    contact_started_at: Read<Instant | null>
    /** When the call was last searched for, by whom, and how often. */
    looked_at: Read<Instant>
    looked_by: Read<string>
    looks: Read<number>
    verified_how: Read<'RECORDING' | 'DETAILS' | 'PERSONNEL' | null>
    verified_at: Read<Instant | null>
    verified_by: Read<string | null>
    /** Since when its verification must be repeated, for a corrected name; null if it need not be. */
    verify_again_since: Read<Instant | null>
  }
}
