/**
 * The door in. In: the facts of one call segment as capture saw them, once at its start and again whenever they have
 * changed. Out: a contact, its segment and, where the plan said so, a recording, with their terms. Admitting the same
 * facts twice changes nothing. Never here: reading anything back out, audio, keys.
 */
import { sql, type Kysely } from 'kysely'
import { hashCallId } from '#description/draw.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { isLossy, type Reception } from './recordings/reception.ts'
import type { CallerKind, CaptureState, NumberKind, RegisterTables, SegmentMark } from './tables.ts'

type Names = { fi: string; sv: string; en: string }

/** What capture knows of one segment. Instants are exact; ids are made by capture, so that a retry names the same rows. */
export interface SegmentFacts {
  segmentId: string
  /** The contact this segment opens, unless one of its call ids belongs to a contact already. */
  contactId: string
  /** The telephone system's own ids of the call, each with the kind of id it is; one that is known joins the two (R9). */
  callIds: readonly string[]
  /** The trunk that sent the session: calls of different trunks are never joined. Absent for detail records of a feed. */
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
    /** The version of the description that decided (R14). */
    descriptionVersion?: number | undefined
    /** SHA-256 of the call id that was drawn, in hexadecimal. */
    drawnOn?: string | undefined
    quotaUsed?: number | undefined
  }
  captureState: CaptureState
  captureFailure?: string | undefined
  marks: SegmentMark[]
  /**
   * Its contact is that of an id alone, and nobody has told who calls: while it goes on it is not to be admitted, as it may be
   * another caller's (docs/decisions/0111).
   */
  awaitsCaller?: true | undefined
  recording?: RecordingFacts | undefined
}

export interface RecordingFacts {
  id: string
  startedAt: Temporal.Instant
  endedAt?: Temporal.Instant | undefined
  /** UTC day on which it began to be sealed. */
  intakeDay: Temporal.PlainDate
  /** The public key (age1…) that it is sealed to and nothing else is; nothing while none is there. Of earlier versions: the day's. */
  intakeKey?: string | undefined
  /** The plan's retention value for this number, 2 to 6 calendar months (R25). */
  months: number
  /** Who sends it: a trunk of the operator's, a product and its version. */
  client?: Pick<Reception, 'trunk' | 'client'> | undefined
  /** Once header and body lie in the object store. */
  stored?:
    | {
        sizeBytes: number
        /** Of the sealed body; nothing when a crash left it to be mended. */
        sha256?: Buffer | undefined
        incomplete: boolean
        packetsReceived: number
        packetsLost: number
        reception?: Reception | undefined
      }
    | undefined
  /** Nothing of it is left with capture: it was forbidden while its call went on, and destroyed (R49); or a crash took it. */
  gone?: true | undefined
}

/**
 * `entered`: in the register. Otherwise another capture node's facts of the same talk are (docs/decisions/0061). `beside`: that one
 * goes on; `stops`: what is being recorded of it here is not to be. `told`: that one has told all of it, and what there is of it here
 * is to be deleted.
 */
export type Admission = { contactId: string } & (
  { verdict: 'entered' | 'told' } | { verdict: 'beside'; stops: boolean }
)

/**
 * Admits a segment's facts (R9, R11, R17). Idempotent.
 * @param node the capture node that tells them; nothing for what a feed tells
 * @returns the contact's id: the one in the facts, or that of the contact which has one of the call ids already
 */
export async function admit(db: Kysely<RegisterTables>, facts: SegmentFacts, node?: string): Promise<Admission> {
  const [admission] = await admitTogether(db, [facts], node)
  return admission!
}

/**
 * Admits the facts of several segments, in one statement (database/functions/capture/admit.sql): all of them, or none when it throws.
 * @returns what became of each, in their order
 */
export async function admitTogether(
  db: Kysely<RegisterTables>,
  all: readonly SegmentFacts[],
  node?: string,
): Promise<Admission[]> {
  const { rows } = await sql<{ contactId: string; verdict: Admission['verdict']; stops: boolean }>`
    select p.contact_id as "contactId", p.verdict, p.stops
    from jsonb_array_elements(${JSON.stringify(all.map(partOf))}::jsonb) with ordinality as t (told, place),
      admit_part(${node ?? null}::uuid, t.told) p
    order by t.place`.execute(db)
  return rows.map(({ contactId, verdict, stops }) =>
    verdict === 'beside' ? { contactId, verdict, stops } : { contactId, verdict },
  )
}

/** As the type `told_part` of the database has it. */
function partOf(facts: SegmentFacts) {
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
    talk: talkOf(facts),
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

/** What a node tells of a talk, as far as it decides whose it is (judge_talk, docs/decisions/0061). */
function talkOf({ recording, official, ...facts }: SegmentFacts) {
  return {
    segmentId: facts.segmentId,
    numberReached: facts.numberReached.key,
    /** By person, or else by number; nothing where nobody has answered or it is not told. */
    official: official && (official.personId ?? official.phone),
    /** Of its recording, or else of the talk. */
    beganAt: recording?.startedAt ?? facts.answeredAt ?? facts.startedAt,
    endedAt: facts.endedAt,
    /** It is being recorded, or was. */
    records: recording !== undefined && recording.gone !== true,
    /** In the recording, once it is stored. */
    packets: recording?.stored?.packetsReceived,
  }
}

/** As long as a number is written; more would be something else. */
const longestRaw = 64

/** R10: what was dialled from is the number; what else an address said is kept only where no number can be read. */
export function rawOf({ key, raw }: SegmentFacts['caller']): string | null {
  return key === null ? (raw?.slice(0, longestRaw).toWellFormed() ?? null) : null
}

/** Who answered, as the columns of a segment. */
export function officialColumns({ official }: SegmentFacts) {
  return {
    official_person_id: official?.personId ?? null,
    official_unit_id: official?.unitId ?? null,
    official_name: official?.name ?? null,
    official_phone: official?.phone ?? null,
  }
}

/** What was decided and how, as the columns of a segment; but for `drawn_on`, which is bytes there and hexadecimal elsewhere. */
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
