/** The tables of the register, as Kysely sees them (database/schema.sql). */
import type { ColumnType, Generated } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'
import type { CaptureStatisticsTables } from './capture-statistics-tables.ts'
import type { EndTables } from './end-tables.ts'
import type { Reception } from './recordings/reception.ts'
import type { RequestActTables } from './request-act-tables.ts'
import type { RequestTables } from './request-tables.ts'

type Instant = Temporal.Instant
type Names = { fi: string; sv: string; en: string }

export type NumberKind = 'NATIONAL_SERVICE' | 'REGIONAL_SERVICE' | 'SWITCHBOARD' | 'UNKNOWN'
export type CallerKind = 'e164' | 'short' | 'extension' | 'address' | 'withheld' | 'unparsed'
export type CaptureState = 'recording' | 'paused' | 'not-recorded' | 'failing'
export type RecordingState = 'CAPTURING' | 'STORED' | 'RESTRICTED' | 'QUARANTINED' | 'DESTROYING' | 'DESTROYED'
export type DestructionCause = 'retention' | 'caller' | 'official' | 'trimming' | 'hold-end'
export type SegmentMark =
  | 'incomplete'
  | 'end-inferred'
  | 'packets-lost'
  | 'needs-review'
  | 'unknown-number'
  | 'caller-unverified'
  | 'source-changed'
  | 'mixed-beside'
  | 'media-elsewhere'
  | 'not-playable'
  | 'silent'
  | 'not-ingested'

export type AdmissionKind = 'contact' | 'segment' | 'recording' | 'change'

export interface RegisterTables
  extends SafeguardTables, EndTables, RequestTables, RequestActTables, CaptureStatisticsTables {
  contact: {
    id: string
    started_at: Instant
    ended_at: Instant | null
    /** True if no end was received and it was derived from what was. */
    end_inferred: Generated<boolean>
    caller_kind: CallerKind
    caller_key: PhoneNumberKey | null
    caller_raw: string | null
    number_called: PhoneNumberKey
    number_kind: NumberKind
    number_name: ColumnType<Names | null, string | null, string | null>
    history_ends_at: Instant | null
    /** The trunk that sent it; null for a call that only a feed has reported. */
    trunk: Generated<string | null>
    /**
     * Start of the caller's waiting, if a feed reports it as earlier than `started_at` (database/functions/feeds/matching.sql).
     */
    waited_from: Generated<Instant | null>
    /** When it was admitted; null for admissions of earlier versions (database/functions/capture/late-parts.sql). */
    admitted_at: Generated<Instant | null>
    /** Its contribution to the counts of studies; read by the database only (database/functions/studies/studies.sql). */
    counted: Generated<string | null>
  }
  segment: {
    id: string
    contact_id: string
    contact_started_at: Instant
    /** Order within the contact, from 1. */
    seq: number
    number_reached: PhoneNumberKey
    number_reached_name: ColumnType<Names | null, string | null, string | null>
    official_person_id: string | null
    official_unit_id: string | null
    official_name: string | null
    official_phone: PhoneNumberKey | null
    /** Official as reported, since the first correction. */
    reported_person_id: Generated<string | null>
    /** `unknown` if no number was reported. */
    reported_phone: Generated<string | null>
    answered_at: Instant | null
    ended_at: Instant | null
    /** Whether to record it, and why; the following are the inputs of that decision (docs/formats/draw.md). */
    decision_record: boolean
    decision_reason: string
    rule_id: string | null
    rule_version: number | null
    rule_share: number | null
    draw: number | null
    description_version: number | null
    /** SHA-256 of the call id that was drawn on. */
    drawn_on: Buffer | null
    /** Recordings already counted in the rule's quota. */
    quota_used: number | null
    capture_state: Generated<CaptureState>
    capture_failure: string | null
    marks: Generated<SegmentMark[]>
    /** The capture node that reported it; null for a feed's report and for rows of versions without nodes. */
    node: string | null
    /** Another node's segment of the same conversation, which this one duplicates or replaces (docs/decisions/0061). */
    beside: string | null
  }
  admission_told: {
    seq: Generated<number>
    at: Generated<Instant>
    /** `register`, or the capture node that reports. */
    source: string
    kind: AdmissionKind
    id: string
    started_at: Instant
    /** The contact of a segment, the segment of a recording. */
    belongs_to: string | null
    /** Digest of a segment's official, unit and number (segment_content). */
    content: string | null
  }
  capture_node: { id: string; name: string; alive_at: Instant; ended_at: Instant | null }
  call_identity: { external_id_hash: Buffer; contact_id: string; contact_started_at: Instant }
  recording: {
    id: string
    segment_id: string
    contact_id: string
    contact_started_at: Instant
    number_reached: PhoneNumberKey | null
    call_ended_at: Instant | null
    state: RecordingState
    started_at: Instant
    ended_at: Instant | null
    intake_day: Temporal.PlainDate
    /** The public key to which its header is encrypted; recordings of earlier versions use that of `intake_day`. */
    intake_key: Generated<string | null>
    recording_months: number
    /** End of the minimum term; `destroy_at` is never earlier. Null while the call continues. */
    min_keep_until: Instant | null
    destroy_at: Instant | null
    /** Month of the key that encrypts its key. */
    expiry_month: Temporal.PlainDate | null
    size_bytes: number | null
    sha256: Buffer | null
    incomplete: Generated<boolean>
    /** When it was ingested. */
    kept_at: Instant | null
    /** Why it could not be ingested. */
    keeping_fault: string | null
    duration_ms: number | null
    packets_received: number | null
    packets_lost: number | null
    /** Milliseconds outside its call that were trimmed (AC8). */
    cut_ms: Generated<number | null>
    /** Milliseconds of stored audio that cannot be played; null before ingestion. */
    unplayed_ms: Generated<number | null>
    /** Packets arrived, but all are silent. */
    is_silent: Generated<boolean | null>
    /** Its reception quality (R17); deleted with it. */
    reception: ColumnType<Reception | null, never, string | null>
    destroyed_at: Instant | null
    /** When it was reported as destroyed, if a preservation order keeps it past its day. */
    reported_destroyed_at: Instant | null
    cause: DestructionCause | null
  }
  expunction: { recording_id: string; done_by: string; deadline: Instant; begun_at: Generated<Instant> }
  listening: {
    id: string
    recording_id: string
    person_id: string
    right_id: string
    session_hash: Buffer
    role: SafeguardTables['access_right']['role']
    purpose: SafeguardTables['access_right']['purposes'][number]
    reference: string | null
    started_at: Instant
    until: Instant
    ended_at: Instant | null
  }
  listening_range: { listening_id: string; at: Generated<Instant>; from_ms: number; to_ms: number }
}
