/**
 * Recomputes every decision of the recording plan (R14, R15) from the register, the description's versions and the draw key.
 * Reports recordings that should not exist, missing ones, and decisions that differ from the plan. Repairs nothing; findings
 * contain no caller's number or telephone system's call id.
 */
import { omitNullish } from '#platform/omit-nullish.ts'
import { sql, type Kysely, type Transaction } from 'kysely'
import { inForce } from '#description/register-description.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'
import { countsPublicly } from './evidence-queries.ts'
import { findingKinds, judgeDecision, type DecidedSegment, type Finding, type FindingKind } from './judge-decision.ts'
import { judgeQuotas } from './judge-quotas.ts'

export interface VerifyOptions {
  /** All versions, oldest first. */
  versions: readonly DescriptionVersion[]
  /** The installation's draw secret. */
  drawKey: Uint8Array
  /** Judges calls answered at or after this instant; default: all. */
  since?: Temporal.Instant | undefined
  /** Times of restores that logged nothing of the corrections that they replayed (unloggedTimes), as a tstzmultirange. */
  lost?: string | undefined
  /** Stops the verification soon; throws the signal's reason. */
  signal?: AbortSignal | undefined
}

export interface Verified {
  /** Number of answered segments that were judged. Here and below without those that `countsPublicly` leaves out. */
  judged: number
  /** Number of judged segments that were to be recorded. */
  drawn: number
  /** Number of judged segments with a recording, destroyed recordings included. */
  recorded: number
  /** Number of judged segments whose recording an earlier recorder made; in none of the two numbers above. */
  imported: number
  counts: Record<FindingKind, number>
  /** Latest first; at most `maxNamed` of each kind. */
  findings: Finding[]
}

export const maxNamed = 100
const batchSize = 5_000
/** Months for which the history is certainly complete: it ends after 14 months (R22). */
const wholeMonths = 13
/** After this time, calls that waited for the database have arrived. */
const settledHours = 24

/** Verifies in one snapshot of the register. Throws if the database does not respond. */
export async function verifyDraws(db: Kysely<RegisterTables>, options: VerifyOptions): Promise<Verified> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const { versions, drawKey, since, lost = '{}', signal } = options
      const inputs = { versions, drawKey, consents: await readConsents(tx, versions) }
      const now = await readNow(tx)
      const whole = now.toZonedDateTimeISO('UTC').subtract({ months: wholeMonths }).toInstant()
      const from = since && Temporal.Instant.compare(since, whole) > 0 ? since : whole
      const quotas = judgeQuotas(inputs, from, now.subtract({ hours: settledHours }))
      const found = collect()
      const totals = { judged: 0, drawn: 0, recorded: 0, imported: 0 }
      for await (const segments of decidedSegments(tx, since, lost)) {
        for (const segment of segments) {
          signal?.throwIfAborted()
          if (segment.isCounted) {
            totals.judged += 1
            if (segment.isImported) totals.imported += 1
            else if (segment.recordingId !== null) totals.recorded += 1
            if (segment.decision.record && segment.decision.reason !== 'imported') totals.drawn += 1
          }
          quotas.add(segment)
          found.add(judgeDecision(segment, inputs))
        }
      }
      for (const finding of [...quotas.findings(), ...(await recordingsWithoutAnswer(tx, since))]) found.add(finding)
      return { ...totals, ...found.result() }
    })
}

function collect() {
  const named = new Map<FindingKind, Finding[]>(findingKinds.map((kind) => [kind, []]))
  const counts = Object.fromEntries(findingKinds.map((kind) => [kind, 0])) as Record<FindingKind, number>
  const latestFirst = (a: Finding, b: Finding) => Temporal.Instant.compare(b.answeredAt, a.answeredAt)
  return {
    add(finding: Finding | undefined): void {
      if (!finding) return
      counts[finding.kind] += 1
      const some = named.get(finding.kind)
      some?.push(finding)
      if (some && some.length >= 2 * maxNamed) some.sort(latestFirst).splice(maxNamed)
    },
    result: () => ({
      counts,
      findings: [...named.values()].flatMap((some) => some.sort(latestFirst).slice(0, maxNamed)),
    }),
  }
}

interface Row {
  segment_id: string
  contact_id: string
  /** Microseconds since 1970: exact, and parsed much faster than a timestamp. */
  answered_us: number
  number_reached: DecidedSegment['numberReached']
  via_switchboard: boolean
  official_person_id: string | null
  drawn_on: string | null
  foreign_draw: boolean
  decision_record: boolean
  decision_reason: string
  rule_id: string | null
  rule_version: number | null
  rule_share: number | null
  draw: number | null
  description_version: number | null
  quota_used: number | null
  capture_failure: string | null
  recording_id: string | null
  recording_months: number | null
  is_overlapping: boolean
  is_imported: boolean
  is_counted: boolean
}

type JudgedSegment = DecidedSegment & { isCounted: boolean }

/**
 * Yields all answered segments in batches. A draw is foreign if the drawn id is not one of the contact's. Two cases are
 * accepted: the telephone system reused the id for a later call (admit.ts), or two contacts of one caller turned out to be
 * one call. The official of a corrected segment is the one from before its corrections, by whom it was decided.
 */
async function* decidedSegments(tx: Transaction<RegisterTables>, from: Temporal.Instant | undefined, lost: string) {
  await sql`set local cursor_tuple_fraction = 1`.execute(tx)
  await sql`
    declare decided no scroll cursor for
    select s.id as segment_id, s.contact_id, (extract(epoch from s.answered_at) * 1000000)::float8 as answered_us,
      s.number_reached, (c.number_kind = 'SWITCHBOARD' and c.number_called <> s.number_reached) as via_switchboard,
      case when former.part is null then s.official_person_id else former.person_id end as official_person_id, encode(s.drawn_on, 'hex') as drawn_on,
      case
        when s.drawn_on is null or i.contact_id = s.contact_id then false
        else not exists (
          select from call_identity e
          where e.external_id_hash = s.drawn_on
            and (e.contact_started_at >= s.contact_started_at + interval '1 day' or exists (
              select from contact o
              where o.id = e.contact_id and o.started_at = e.contact_started_at
                and o.caller_kind = c.caller_kind and o.caller_key is not distinct from c.caller_key)))
      end as foreign_draw,
      s.decision_record, s.decision_reason, s.rule_id, s.rule_version, s.rule_share, s.draw, s.description_version,
      s.quota_used, s.capture_failure, recording.id as recording_id, recording.recording_months,
      s.decision_reason = 'conference' and exists (
        select from segment o
        where o.contact_id = s.contact_id and o.contact_started_at = s.contact_started_at and o.id <> s.id
          and o.decision_reason <> 'conference' and o.official_person_id is distinct from s.official_person_id
          and o.answered_at <= s.answered_at and coalesce(o.ended_at, 'infinity') >= s.answered_at
      ) as is_overlapping,
      exists (select from imported_recording i where i.recording_id = recording.id) and import_is_logged(recording.id) as is_imported,
      recording.id is null or ${countsPublicly(sql`now()`)} as is_counted
    from segment s
    join contact c on c.id = s.contact_id and c.started_at = s.contact_started_at
    left join call_identity i on i.external_id_hash = s.drawn_on and i.contact_started_at = s.contact_started_at
    left join recording on recording.segment_id = s.id
    left join officials_before_corrections(${lost}::tstzmultirange) former on former.part = s.id
    where s.answered_at is not null and s.answered_at >= ${from ?? '-infinity'}::timestamptz`.execute(tx)
  const fetch = () => sql<Row>`fetch ${sql.lit(batchSize)} from decided`.execute(tx)
  // Prefetches the next batch while the present one is judged.
  let nextBatch = fetch()
  for (;;) {
    const { rows } = await nextBatch
    if (rows.length === 0) return
    nextBatch = fetch()
    nextBatch.catch(() => undefined)
    yield rows.map(segmentOf)
  }
}

function segmentOf(row: Row): JudgedSegment {
  return {
    segmentId: row.segment_id,
    contactId: row.contact_id,
    answeredAt: Temporal.Instant.fromEpochNanoseconds(BigInt(row.answered_us) * 1000n),
    numberReached: row.number_reached,
    viaSwitchboard: row.via_switchboard,
    officialId: row.official_person_id,
    drawnOn: row.drawn_on,
    foreignDraw: row.foreign_draw,
    decision: {
      record: row.decision_record,
      reason: row.decision_reason,
      ...omitNullish({
        descriptionVersion: row.description_version,
        ruleId: row.rule_id,
        ruleVersion: row.rule_version,
        share: row.rule_share,
        draw: row.draw,
        quotaUsed: row.quota_used,
      }),
    },
    captureFailure: row.capture_failure,
    recordingId: row.recording_id,
    recordingMonths: row.recording_months,
    isOverlapping: row.is_overlapping,
    isImported: row.is_imported,
    isCounted: row.is_counted,
  }
}

/** Returns recordings whose segment was not answered or does not exist (R17). */
async function recordingsWithoutAnswer(
  tx: Transaction<RegisterTables>,
  from: Temporal.Instant | undefined,
): Promise<Finding[]> {
  const rows = await tx
    .selectFrom('recording as r')
    .leftJoin('segment as s', (join) =>
      join.onRef('s.id', '=', 'r.segment_id').onRef('s.contact_started_at', '=', 'r.contact_started_at'),
    )
    .select(['r.id', 'r.segment_id', 'r.contact_id', 'r.started_at', 'r.number_reached', 's.number_reached as reached'])
    .where('s.answered_at', 'is', null)
    .$if(from !== undefined, (query) => query.where('r.started_at', '>=', from as Temporal.Instant))
    .execute()
  return rows.map((row) => ({
    kind: 'extra' as const,
    segmentId: row.segment_id,
    contactId: row.contact_id,
    recordingId: row.id,
    answeredAt: row.started_at,
    number: (row.reached ?? row.number_reached ?? 'unknown') as Finding['number'],
    differences: [],
  }))
}

/** Reads consents only if a version of the description requires them (C10). */
async function readConsents(tx: Transaction<RegisterTables>, versions: readonly DescriptionVersion[]) {
  if (versions.every(({ description }) => description.switches.officialConsent !== 'required')) return () => false
  const rows = await tx.selectFrom('person_recording_consent').selectAll().execute()
  const byPerson = Map.groupBy(rows, ({ person_id }) => person_id)
  return (officialId: string, at: Temporal.Instant) =>
    (byPerson.get(officialId) ?? []).some(({ valid_from, valid_to }) => inForce(valid_from, valid_to ?? undefined, at))
}

async function readNow(tx: Transaction<RegisterTables>): Promise<Temporal.Instant> {
  const { rows } = await sql<{ now: Temporal.Instant }>`select now() as now`.execute(tx)
  const [row] = rows
  if (!row) throw new Error('the database did not return its time')
  return row.now
}
