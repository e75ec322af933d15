/**
 * Admits the facts of a call segment, at its start and whenever they change: a contact, its segment and, if the plan says so, a
 * recording, with their terms. Idempotent. No audio, no keys.
 */
import { sql, type Kysely } from 'kysely'
import { hashCallId } from '#description/draw.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { isLossy, type Reception } from './recordings/reception.ts'
import type { CallerKind, CaptureState, NumberKind, RegisterTables, SegmentMark } from './tables.ts'

type Names = { fi: string; sv: string; en: string }

/** Facts of a segment as capture has them. Capture makes the ids, so that a retry names the same rows. */
export interface SegmentFacts {
  segmentId: string
  /** The contact that this segment opens, unless one of its call ids belongs to a contact already. */
  contactId: string
  /** The telephone system's ids of the call, each with its kind; segments with a common id are one contact (R9). */
  callIds: readonly string[]
  /** The trunk of the session: calls of different trunks are never joined. Undefined for detail records. */
  trunk?: string | undefined
  startedAt: Temporal.Instant
  answeredAt?: Temporal.Instant | undefined
  endedAt?: Temporal.Instant | undefined
  endInferred?: boolean | undefined
  caller: { kind: CallerKind; key: PhoneNumberKey | null; raw: string | null }
  numberCalled: { key: PhoneNumberKey; kind: NumberKind; name?: Names | undefined }
  numberReached: { key: PhoneNumberKey; name?: Names | undefined }
  official?:
    { personId?: string | undefined; unitId?: string | undefined; name: string; phone: PhoneNumberKey } | undefined
  decision: {
    record: boolean
    reason: string
    ruleId?: string | undefined
    ruleVersion?: number | undefined
    share?: number | undefined
    draw?: number | undefined
    /** Version of the description that decided (R14). */
    descriptionVersion?: number | undefined
    /** SHA-256 of the drawn call id, in hexadecimal. */
    drawnOn?: string | undefined
    quotaUsed?: number | undefined
  }
  captureState: CaptureState
  captureFailure?: string | undefined
  marks: SegmentMark[]
  /**
   * Its contact is known by an id only, and the caller is not reported yet: not admitted while the call is ongoing, as it may
   * be another caller's (docs/decisions/0111).
   */
  awaitsCaller?: true | undefined
  /** Set if the caller's number is from the session's own From, which may be the client's. Any other source is better. */
  callerIsGuess?: true | undefined
  /** The caller as another recording client of the conversation writes it. Not admitted, and not stored once the call has ended. */
  otherCaller?: { kind: CallerKind; key: PhoneNumberKey | null; raw: string | null } | undefined
  /** Set once the session's client has reported another caller instead of such a guess. */
  callerWasGuess?: true | undefined
  recording?: RecordingFacts | undefined
}

export interface RecordingFacts {
  id: string
  startedAt: Temporal.Instant
  endedAt?: Temporal.Instant | undefined
  /** UTC day on which sealing began. */
  intakeDay: Temporal.PlainDate
  /** The public key (age1…) of this recording only; undefined until there is one. In earlier versions: the day's. */
  intakeKey?: string | undefined
  /** Retention of the plan for this number, 2 to 6 calendar months (R25). */
  months: number
  /** The sender: an operator's trunk, a product and its version. */
  client?: Pick<Reception, 'trunk' | 'client'> | undefined
  /** Set once header and body are in the object store. */
  stored?:
    | {
        sizeBytes: number
        /** Hash of the sealed body; undefined if it must be rebuilt after a crash. */
        sha256?: Buffer | undefined
        incomplete: boolean
        packetsReceived: number
        packetsLost: number
        reception?: Reception | undefined
      }
    | undefined
  /** Set if capture no longer has the recording: it was forbidden and destroyed during its call (R49), or lost in a crash. */
  gone?: true | undefined
}

/**
 * `entered`: in the register. Otherwise another capture node has reported the same segment (docs/decisions/0061). `beside`:
 * the other node's segment is ongoing; `stops`: the recording here must stop. `told`: the other node has reported everything,
 * and the copy here must be deleted.
 */
export type Admission = { contactId: string } & (
  { verdict: 'entered' | 'told' } | { verdict: 'beside'; stops: boolean }
)

/**
 * Admits a segment's facts (R9, R11, R17). Idempotent.
 * @param node the reporting capture node; undefined for a feed
 * @returns the contact's id: the one in the facts, or that of the contact with one of the call ids
 */
export async function admit(db: Kysely<RegisterTables>, facts: SegmentFacts, node?: string): Promise<Admission> {
  const [admission] = await admitBatch(db, [facts], node)
  return admission!
}

/**
 * Admits the facts of several segments in one statement (database/functions/capture/admit.sql): all, or none if it throws.
 * @returns the outcome of each, in order
 */
export async function admitBatch(
  db: Kysely<RegisterTables>,
  all: readonly SegmentFacts[],
  node?: string,
): Promise<Admission[]> {
  const { rows } = await sql<{ contactId: string; verdict: Admission['verdict']; stops: boolean }>`
    select p.contact_id as "contactId", p.verdict, p.stops
    from jsonb_array_elements(${JSON.stringify(all.map(describePart))}::jsonb) with ordinality as t (reported, ordinal),
      admit_part(${node ?? null}::uuid, t.reported) p
    order by t.ordinal`.execute(db)
  return rows.map(({ contactId, verdict, stops }) =>
    verdict === 'beside' ? { contactId, verdict, stops } : { contactId, verdict },
  )
}

/** Converts to the database type `told_part`. */
export function describePart(facts: SegmentFacts) {
  const { recording } = facts
  return {
    ids: facts.callIds.map(hashCallId),
    contact_id: facts.contactId,
    trunk: facts.trunk ?? null,
    started_at: facts.startedAt,
    caller_kind: facts.caller.kind,
    caller_key: facts.caller.key,
    caller_raw: rawOf(facts.caller),
    number_called: facts.numberCalled.key,
    number_kind: facts.numberCalled.kind,
    number_name: facts.numberCalled.name ?? null,
    segment_id: facts.segmentId,
    number_reached: facts.numberReached.key,
    number_reached_name: facts.numberReached.name ?? null,
    ...officialColumns(facts),
    answered_at: facts.answeredAt ?? null,
    ended_at: facts.endedAt ?? null,
    end_inferred: facts.endInferred ?? false,
    ...decisionColumns(facts),
    drawn_on: facts.decision.drawnOn ?? null,
    capture_state: facts.captureState,
    capture_failure: facts.captureFailure ?? null,
    marks: facts.marks,
    talk: segmentIdentityOf(facts),
    recording: recording && {
      id: recording.id,
      started_at: recording.startedAt,
      ended_at: recording.endedAt ?? null,
      intake_day: recording.intakeDay,
      intake_key: recording.intakeKey ?? null,
      months: recording.months,
      is_stored: recording.stored !== undefined,
      is_gone: recording.gone ?? false,
      ...(recording.stored && storedColumns(recording.stored)),
    },
  }
}

function storedColumns({ reception, ...stored }: NonNullable<RecordingFacts['stored']>) {
  return {
    size_bytes: stored.sizeBytes,
    sha256: stored.sha256?.toString('hex') ?? null,
    incomplete: stored.incomplete,
    packets_received: stored.packetsReceived,
    packets_lost: stored.packetsLost,
    ...(reception && { reception, is_lossy: isLossy(reception) }),
  }
}

/** Returns what identifies a node's segment among others' (resolve_duplicate_segment, docs/decisions/0061). */
function segmentIdentityOf({ recording, official, marks, ...facts }: SegmentFacts) {
  return {
    segmentId: facts.segmentId,
    numberReached: facts.numberReached.key,
    /** By person, otherwise by number; undefined if nobody has answered or it is not reported. */
    official: official && (official.personId ?? official.phone),
    /** Start of its recording, otherwise of the talk. */
    beganAt: recording?.startedAt ?? facts.answeredAt ?? facts.startedAt,
    endedAt: facts.endedAt,
    /** True if it is or was recorded. */
    records: recording !== undefined && recording.gone !== true,
    /** Packets in the recording, once it is stored. */
    packets: recording?.stored?.packetsReceived,
    /** True if the caller replaces a guess. */
    replacesGuess: facts.callerWasGuess,
    /** True if the network refutes the caller's number. */
    isRefuted: marks.includes('caller-unverified'),
    /** Tracks with packets, if they were measured. */
    voices: recording?.stored?.reception?.streams.flatMap(({ track, firstMs }) => (firstMs >= 0 ? [track] : [])),
  }
}

/** Longest text stored of an unparsed caller. */
const maxRawLength = 64

/** Returns the text to store of a caller: null if a number was parsed, because only the number dialled from may be stored (R10). */
export function rawOf({ key, raw }: SegmentFacts['caller']): string | null {
  return key === null ? (raw?.slice(0, maxRawLength).toWellFormed() ?? null) : null
}

/** Returns the answering official as columns of a segment. */
export function officialColumns({ official }: SegmentFacts) {
  return {
    official_person_id: official?.personId ?? null,
    official_unit_id: official?.unitId ?? null,
    official_name: official?.name ?? null,
    official_phone: official?.phone ?? null,
  }
}

/** Returns the decision as columns of a segment, except `drawn_on`, which is bytes there and hexadecimal elsewhere. */
export function decisionColumns({ decision }: SegmentFacts) {
  return {
    decision_record: decision.record,
    decision_reason: decision.reason,
    rule_id: decision.ruleId ?? null,
    rule_version: decision.ruleVersion ?? null,
    rule_share: decision.share ?? null,
    draw: decision.draw ?? null,
    description_version: decision.descriptionVersion ?? null,
    quota_used: decision.quotaUsed ?? null,
  }
}
