/**
 * The door in. In: the facts of one call segment as capture saw them, once at its start and again whenever they have
 * changed. Out: a contact, its segment and, where the plan said so, a recording, with their terms. Admitting the same
 * facts twice changes nothing. Never here: reading anything back out, audio, keys.
 */
import { sql, type Kysely, type Transaction } from 'kysely'
import { hashCallId } from '#description/draw.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { channels } from './channels.ts'
import { judgeTalk, type Judged, type ToldTalk } from './judge-talk.ts'
import { isLossy, type Reception } from './recordings/reception.ts'
import { settleEnd } from './settle-end.ts'
import type { CallerKind, CaptureState, NumberKind, RegisterTables, SegmentMark } from './tables.ts'

type Names = { fi: string; sv: string; en: string }

/** What capture knows of one segment. Instants are exact; ids are made by capture, so that a retry names the same rows. */
export interface SegmentFacts {
  segmentId: string
  /** The contact this segment opens, unless one of its call ids belongs to a contact already. */
  contactId: string
  /** The telephone system's own ids of the call, each with the kind of id it is; one that is known joins the two (R9). */
  callIds: readonly string[]
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
  recording?: RecordingFacts | undefined
}

export interface RecordingFacts {
  id: string
  startedAt: Temporal.Instant
  endedAt?: Temporal.Instant | undefined
  /** UTC day of the intake key that the recording is sealed to. */
  intakeDay: Temporal.PlainDate
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

/** `entered`: in the register. Otherwise another capture node's facts of the same talk are (judge-talk.ts). */
export type Admission = { contactId: string } & ({ verdict: 'entered' } | Exclude<Judged, { verdict: 'own' }>)

/**
 * Admits a segment's facts (R9, R11, R17). Idempotent.
 * @param node the capture node that tells them; nothing for what a feed tells
 * @returns the contact's id: the one in the facts, or that of the contact which has one of the call ids already
 */
export async function admit(db: Kysely<RegisterTables>, facts: SegmentFacts, node?: string): Promise<Admission> {
  return db.transaction().execute(async (tx) => {
    const contact = await contactOf(tx, facts)
    const judged = node === undefined ? undefined : await judgeTalk(tx, node, contact, talkOf(facts))
    if (judged && judged.verdict !== 'own') return { contactId: contact.id, ...judged }
    await admitSegment(tx, contact, facts, { node: node ?? null, beside: judged?.besides ?? null })
    const isStoredNow = facts.recording && (await admitRecording(tx, contact, facts, facts.recording))
    if (facts.endedAt) await settleEnd(tx, contact, facts.endInferred ?? false)
    else await goOn(tx, contact)
    if (isStoredNow) await countReception(tx, facts)
    if (facts.recording?.stored || facts.recording?.gone) {
      // Where it is to be destroyed, the custodian waits for this.
      await sql`select capture_lets_go(${facts.recording.id}::uuid)`.execute(tx)
    }
    if (facts.recording?.stored)
      await sql`select pg_notify(${channels.callChanged}, ${contact.id}),
        pg_notify(${channels.recordingStored}, ${facts.recording.id})`.execute(tx)
    else await sql`select pg_notify(${channels.callChanged}, ${contact.id})`.execute(tx)
    return { contactId: contact.id, verdict: 'entered' }
  })
}

function talkOf({ recording, official, ...facts }: SegmentFacts): ToldTalk {
  return {
    segmentId: facts.segmentId,
    numberReached: facts.numberReached.key,
    official: official && (official.personId ?? official.phone),
    beganAt: recording?.startedAt ?? facts.answeredAt ?? facts.startedAt,
    endedAt: facts.endedAt,
    records: recording !== undefined && recording.gone !== true,
    packets: recording?.stored?.packetsReceived,
  }
}

/** Call ids are some vendors' counters: the same one later than this is another call. */
const idsHoldHours = 24

/** As long as a number is written; more would be something else. */
const longestRaw = 64

/** R10: what was dialled from is the number; what else an address said is kept only where no number can be read. */
export function rawOf({ key, raw }: SegmentFacts['caller']): string | null {
  return key === null ? (raw?.slice(0, longestRaw) ?? null) : null
}

interface ContactKey {
  id: string
  startedAt: Temporal.Instant
}

async function contactOf(tx: Transaction<RegisterTables>, facts: SegmentFacts): Promise<ContactKey> {
  const hashes = facts.callIds.map((id) => Buffer.from(hashCallId(id), 'hex')).sort(Buffer.compare)
  // Two segments of one call may come at the same moment, by two processes: the second waits here for the first.
  await sql`select pg_advisory_xact_lock(high, low)
    from unnest(${hashes.map((hash) => hash.readInt32BE(0))}::int[], ${hashes.map((hash) => hash.readInt32BE(4))}::int[])
      with ordinality as hash (high, low, place)
    order by place`.execute(tx)
  const named = await tx
    .selectFrom('call_identity')
    .select(['external_id_hash as hash', 'contact_id as id', 'contact_started_at as startedAt'])
    .where('external_id_hash', 'in', hashes)
    .where('contact_started_at', '>', facts.startedAt.subtract({ hours: idsHoldHours }))
    .orderBy('contact_started_at')
    .execute()
  const known = named[0] && { id: named[0].id, startedAt: named[0].startedAt }
  const contact = known ?? { id: facts.contactId, startedAt: facts.startedAt }
  const unnamed = hashes.filter((hash) => !named.some((one) => one.id === contact.id && one.hash.equals(hash)))
  if (unnamed.length > 0)
    await tx
      .insertInto('call_identity')
      .values(
        unnamed.map((hash) => ({
          external_id_hash: hash,
          contact_id: contact.id,
          contact_started_at: contact.startedAt,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['external_id_hash', 'contact_started_at']).doUpdateSet({ contact_id: contact.id }),
      )
      .execute()
  if (known) return known
  await tx
    .insertInto('contact')
    .values({
      id: contact.id,
      started_at: contact.startedAt,
      ended_at: null,
      caller_kind: facts.caller.kind,
      caller_key: facts.caller.key,
      caller_raw: rawOf(facts.caller),
      number_called: facts.numberCalled.key,
      number_kind: facts.numberCalled.kind,
      number_name: facts.numberCalled.name ? JSON.stringify(facts.numberCalled.name) : null,
      history_ends_at: null,
    })
    .execute()
  await appendAudit(tx, { action: 'call.admitted', result: 'ok', object: { kind: 'contact', id: contact.id } })
  return contact
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

async function admitSegment(
  tx: Transaction<RegisterTables>,
  contact: ContactKey,
  facts: SegmentFacts,
  told: { node: string | null; beside: string | null },
): Promise<void> {
  const changing = {
    ...officialColumns(facts),
    answered_at: facts.answeredAt ?? null,
    ended_at: facts.endedAt ?? null,
    capture_state: facts.captureState,
    capture_failure: facts.captureFailure ?? null,
    marks: facts.marks,
  }
  await tx
    .insertInto('segment')
    .values((eb) => ({
      id: facts.segmentId,
      contact_id: contact.id,
      contact_started_at: contact.startedAt,
      seq: eb
        .selectFrom('segment')
        .select((of) => sql<number>`coalesce(${of.fn.max('seq')}, 0)::int + 1`.as('seq'))
        .where('contact_id', '=', contact.id)
        .where('contact_started_at', '=', contact.startedAt),
      number_reached: facts.numberReached.key,
      number_reached_name: facts.numberReached.name ? JSON.stringify(facts.numberReached.name) : null,
      ...decisionColumns(facts),
      drawn_on: facts.decision.drawnOn === undefined ? null : Buffer.from(facts.decision.drawnOn, 'hex'),
      ...told,
      ...changing,
    }))
    .onConflict((conflict) => conflict.columns(['id', 'contact_started_at']).doUpdateSet(changing))
    .execute()
}

/** @returns whether it is stored by this, and was not before */
async function admitRecording(
  tx: Transaction<RegisterTables>,
  contact: ContactKey,
  { segmentId, numberReached }: SegmentFacts,
  recording: RecordingFacts,
): Promise<boolean> {
  await tx
    .insertInto('recording')
    .values({
      id: recording.id,
      segment_id: segmentId,
      contact_id: contact.id,
      contact_started_at: contact.startedAt,
      number_reached: numberReached.key,
      state: 'CAPTURING',
      started_at: recording.startedAt,
      intake_day: recording.intakeDay,
      recording_months: recording.months,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  const { stored } = recording
  if (!stored) return false
  // Only what is still being captured becomes stored: a late retry must not bring back what has ended since.
  const { numUpdatedRows } = await tx
    .updateTable('recording')
    .set({
      state: 'STORED',
      ended_at: recording.endedAt ?? null,
      size_bytes: stored.sizeBytes,
      sha256: stored.sha256 ?? null,
      incomplete: stored.incomplete,
      packets_received: stored.packetsReceived,
      packets_lost: stored.packetsLost,
      reception: stored.reception ? JSON.stringify(stored.reception) : null,
    })
    .where('id', '=', recording.id)
    .where('state', '=', 'CAPTURING')
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

/** One recording more in its hour, the last thing of the transaction: others may wait for the same row. */
async function countReception(tx: Transaction<RegisterTables>, { recording, endedAt }: SegmentFacts): Promise<void> {
  const reception = recording?.stored?.reception
  if (!reception) return
  const ended = recording.endedAt ?? endedAt ?? recording.startedAt
  await sql`select count_reception(${ended}::timestamptz, ${JSON.stringify(reception)}::jsonb,
    ${isLossy(reception)}, ${recording.stored?.packetsReceived === 0})`.execute(tx)
}

/** A segment goes on: the call has no end, whatever was known of its others. */
async function goOn(tx: Transaction<RegisterTables>, contact: ContactKey): Promise<void> {
  await tx
    .updateTable('contact')
    .set({ ended_at: null, end_inferred: false, history_ends_at: null })
    .where('id', '=', contact.id)
    .where('started_at', '=', contact.startedAt)
    .where('ended_at', 'is not', null)
    .execute()
}
