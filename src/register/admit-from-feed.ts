/**
 * Admits calls from a telephone system's detail records: one contact however often it is reported, or the missing parts of a
 * contact that a recording client has reported. No audio.
 */
import { sql, type Kysely } from 'kysely'
import { hashCallId } from '#description/draw.ts'
import { historyEndsAt } from '#description/terms.ts'
import { admit, decisionColumns, officialColumns, rawOf, type SegmentFacts } from './admit.ts'
import { settleCallEnd } from './settle-call-end.ts'
import type { RegisterTables } from './tables.ts'

/** Reason for a drawn segment without recording: no recording client reported it. */
const noSession = 'no-session'
/** Reason: a recording client may have reported the segment, but nothing shows which of the client's calls it is. */
const notMatched = 'not-joined'

interface FeedMatch {
  /** Null if the reported call could be any of several calls of the register. */
  contact: string | null
  contactBegun: Temporal.Instant
  place: number
  segment: string | null
}

/**
 * Admits the segments of one call of a feed (R9). Idempotent.
 * @returns how many were new to the register, and how many were completed or known
 */
export async function admitFromFeed(
  db: Kysely<RegisterTables>,
  feed: string,
  segments: readonly SegmentFacts[],
): Promise<{ added: number; known: number }> {
  const [first] = segments
  if (!first) return { added: 0, known: 0 }
  const ids = first.callIds.map((id) => Buffer.from(hashCallId(id), 'hex'))
  const parts = segments.map((facts, index) => ({
    place: index,
    segment_id: facts.segmentId,
    answered_at: facts.answeredAt?.toString() ?? null,
    ended_at: facts.endedAt?.toString() ?? null,
    number_reached: facts.numberReached.key,
    official_phone: facts.official?.phone ?? null,
  }))
  const matches = await sql<FeedMatch>`
    select contact, contact_begun as "contactBegun", place, segment from match_fed_call(${feed}, ${ids}::bytea[],
      ${first.caller.key}::text, ${first.official?.phone ?? null}::text, ${first.numberCalled.key},
      ${first.startedAt}::timestamptz, ${JSON.stringify(parts)}::jsonb)`.execute(db)

  let known = 0
  for (const [index, facts] of segments.entries()) {
    // All parts that a recording client reported, as for a call on hold, count as reported; the first matches best.
    const [row, ...others] = matches.rows.filter((one) => one.place === index && one.segment !== null)
    if (row) await complete(db, feed, facts, { ...row, contact: row.contact!, segment: row.segment! })
    else await add(db, feed, facts, matches.rows[0])
    for (const { contact: id, contactBegun: startedAt, segment } of others)
      await recordAdmission(db, feed, { id: id!, startedAt }, segment!, facts, false)
    if (row) known++
  }
  return { added: segments.length - known, known }
}

/**
 * Admits, in one transaction, the calls of a feed that are new and match nothing in the register; the others are left for
 * {@link admitFromFeed}.
 * @param calls the segments of each, in order
 * @returns the indexes of the admitted ones
 */
export async function admitNewFromFeed(
  db: Kysely<RegisterTables>,
  feed: string,
  calls: readonly (readonly SegmentFacts[])[],
): Promise<ReadonlySet<number>> {
  const reported = calls.flatMap((segments, index) => (segments[0] ? [callOf(index, segments[0], segments)] : []))
  if (reported.length === 0) return new Set()
  const { rows } = await sql<{ indexes: number[] }>`
    select admit_fed_calls(${feed}, ${JSON.stringify(reported)}::jsonb) as indexes`.execute(db)
  return new Set(rows[0]?.indexes)
}

/** Converts to the database type `fed_call` (database/functions/feeds/batches.sql), as `admit` does with the same facts. */
function callOf(index: number, first: SegmentFacts, segments: readonly SegmentFacts[]) {
  const ended = segments.map(({ endedAt }) => endedAt!).reduce((a, b) => (Temporal.Instant.compare(a, b) >= 0 ? a : b))
  return {
    place: index,
    ids: first.callIds.map(hashCallId),
    contact_id: first.contactId,
    started_at: first.startedAt,
    ended_at: ended,
    history_ends_at: historyEndsAt(ended),
    caller_kind: first.caller.kind,
    caller_key: first.caller.key,
    caller_raw: rawOf(first.caller),
    number_called: first.numberCalled.key,
    number_kind: first.numberCalled.kind,
    number_name: first.numberCalled.name ?? null,
    parts: segments.map((facts, at) => ({
      segment_id: facts.segmentId,
      seq: at + 1,
      number_reached: facts.numberReached.key,
      number_reached_name: facts.numberReached.name ?? null,
      ...officialColumns(facts),
      answered_at: facts.answeredAt ?? null,
      ended_at: facts.endedAt ?? null,
      ...decisionColumns(facts),
      drawn_on: facts.decision.drawnOn ?? null,
      capture_state: facts.captureState,
      capture_failure: facts.decision.record ? noSession : (facts.captureFailure ?? null),
      marks: facts.marks,
    })),
  }
}

async function add(
  db: Kysely<RegisterTables>,
  feed: string,
  facts: SegmentFacts,
  match: FeedMatch | undefined,
): Promise<void> {
  const { recording: _, ...reported } = facts
  const contact = { id: match?.contact ?? facts.contactId, startedAt: match?.contactBegun ?? facts.startedAt }
  const isDoubtful = match?.contact === null
  // Before admission, so that others who report this segment see whose row it is.
  await recordAdmission(db, feed, contact, facts.segmentId, facts, true)
  await admit(db, {
    ...reported,
    contactId: contact.id,
    startedAt: contact.startedAt,
    ...(isDoubtful && { marks: [...new Set([...reported.marks, 'needs-review' as const])] }),
    ...(facts.decision.record && { captureFailure: isDoubtful ? notMatched : noSession }),
  })
}

async function complete(
  db: Kysely<RegisterTables>,
  feed: string,
  facts: SegmentFacts,
  { contact: id, contactBegun: startedAt, segment }: FeedMatch & { contact: string; segment: string },
): Promise<void> {
  const reported = {
    number_reached: facts.numberReached.key,
    number_reached_name: facts.numberReached.name ?? null,
    number_called: facts.numberCalled.key,
    number_kind: facts.numberCalled.kind,
    number_name: facts.numberCalled.name ?? null,
    caller_kind: facts.caller.kind,
    caller_key: facts.caller.key,
    ...officialColumns(facts),
    started_at: facts.startedAt.toString(),
    answered_at: facts.answeredAt?.toString() ?? null,
    ended_at: facts.endedAt?.toString() ?? null,
  }
  await db.transaction().execute(async (tx) => {
    await recordAdmission(tx, feed, { id, startedAt }, segment, facts, false)
    const { rows } = await sql<{ ends: boolean }>`
      select complete_fed_segment(${segment}::uuid, ${startedAt}::timestamptz, ${JSON.stringify(reported)}::jsonb) as ends`.execute(
      tx,
    )
    if (rows[0]?.ends) await settleCallEnd(tx, { id, startedAt }, false)
  })
}

async function recordAdmission(
  db: Kysely<RegisterTables>,
  feed: string,
  contact: { id: string; startedAt: Temporal.Instant },
  segmentId: string,
  facts: SegmentFacts,
  isOwn: boolean,
): Promise<void> {
  const part = {
    segment_id: segmentId,
    answered_at: facts.answeredAt?.toString() ?? null,
    ended_at: facts.endedAt?.toString() ?? null,
    is_own: isOwn,
  }
  await sql`select record_fed_segments(${feed}, ${contact.id}::uuid, ${contact.startedAt}::timestamptz,
    ${JSON.stringify([part])}::jsonb)`.execute(db)
}
