/**
 * Checks that bulk-loaded calls equal calls entered by `admit`: reads calls of the register, enters each again by `admit` in a
 * separate database, and counts the contacts that differ. Ignores what the custodian adds later (counts of studies, what became of
 * the recordings).
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pool } from 'pg'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Row } from '../rows.ts'

const sampleSize = 300

/** SQL that returns all stored data of a contact as text, for the comparison. */
const contactAsText = `
  select jsonb_build_object(
    'contact', to_jsonb(c) - '{counted,admitted_at}'::text[],
    'segments', (select jsonb_agg(to_jsonb(s) - 'draw' order by s.seq) from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at),
    'recordings', (select jsonb_agg(to_jsonb(r) - '{state,kept_at,duration_ms,destroyed_at,cause}'::text[]) from recording r where r.contact_id = c.id)
  )::text as text from contact c where c.id = any ($1) order by c.started_at, c.id`

export async function bulkLoadEquivalence(pool: Pool): Promise<Row> {
  const { rows: some } = await pool.query<{ id: string }>(
    `(select id from contact order by started_at limit ${sampleSize / 3}) union all (select id from contact order by started_at desc limit ${sampleSize / 3})
     union all (select contact_id from recording limit ${sampleSize / 3})`,
  )
  const ids = [...new Set(some.map(({ id }) => id))]
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => console.warn(message) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  const other = connectDatabase<RegisterTables>({
    ...{ url: server.adminUrl(), applicationName: 'bench', size: 1, onIdleError: () => undefined },
  })
  try {
    await migrate(server.adminUrl())
    await other.pool.query(`select ensure_partitions((now() - interval '15 months')::date, now()::date)`)
    for (const facts of await factsOf(pool, ids)) await admit(other.db, facts)
    const [expected, found] = await Promise.all(
      [other.pool, pool].map(async (source) =>
        (await source.query<{ text: string }>(contactAsText, [ids])).rows.map(({ text }) => text),
      ),
    )
    const different = ids.filter((_, n) => expected![n] !== found![n]).length
    const n = ids.findIndex((_, at) => expected![at] !== found![at])
    if (n >= 0) console.log(`entered by admit: ${expected![n]}\nby statements:   ${found![n]}`)
    return {
      what: 'contacts entered in bulk that differ from the same entered by admit',
      measured: `${different} of ${ids.length}`,
      target: '0',
      isReached: different === 0,
    }
  } finally {
    await other.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A part of a contact, with its recording if there is one, as stored in the register. */
interface StoredPart {
  segment_id: string
  contact_id: string
  started_at: Temporal.Instant
  answered_at: Temporal.Instant | null
  segment_ended_at: Temporal.Instant
  caller_kind: SegmentFacts['caller']['kind']
  caller_key: PhoneNumberKey | null
  number_called: PhoneNumberKey
  number_kind: SegmentFacts['numberCalled']['kind']
  number_name: SegmentFacts['numberCalled']['name']
  number_reached: PhoneNumberKey
  number_reached_name: SegmentFacts['numberReached']['name']
  official_name: string | null
  official_phone: PhoneNumberKey
  official_person_id: string
  official_unit_id: string
  decision_record: boolean
  decision_reason: string
  rule_id: string
  rule_version: number
  rule_share: number
  draw: number
  description_version: number
  drawn: string
  capture_state: SegmentFacts['captureState']
  recording_id: string | null
  recording_started_at: Temporal.Instant
  recording_ended_at: Temporal.Instant
  recording_months: number
  intake_day: Temporal.PlainDate
  size_bytes: number
  sha256: Buffer
  packets_received: number
}

/** Returns the facts that capture would have reported. */
async function factsOf(pool: Pool, ids: string[]): Promise<SegmentFacts[]> {
  const { rows } = await pool.query<StoredPart>(
    `select s.*, c.*, s.id as segment_id, c.id as contact_id, s.ended_at as segment_ended_at, encode(s.drawn_on, 'hex') as drawn,
       r.id as recording_id, r.recording_months, r.size_bytes, r.packets_received, r.started_at as recording_started_at, r.ended_at as recording_ended_at, r.intake_day, r.sha256
     from contact c join segment s on s.contact_id = c.id and s.contact_started_at = c.started_at left join recording r on r.segment_id = s.id
     where c.id = any ($1) order by c.started_at, s.seq`,
    [ids],
  )
  return rows.map((row) => ({
    segmentId: row.segment_id,
    contactId: row.contact_id,
    callIds: [`ucid:${row.contact_id}`],
    startedAt: row.started_at,
    answeredAt: row.answered_at ?? undefined,
    endedAt: row.segment_ended_at,
    caller: { kind: row.caller_kind, key: row.caller_key, raw: row.caller_key },
    numberCalled: { key: row.number_called, kind: row.number_kind, name: row.number_name },
    numberReached: { key: row.number_reached, name: row.number_reached_name },
    ...(row.official_name && {
      official: {
        ...{ personId: row.official_person_id, unitId: row.official_unit_id },
        ...{ name: row.official_name, phone: row.official_phone },
      },
    }),
    decision: {
      ...{
        record: row.decision_record,
        reason: row.decision_reason,
        ruleId: row.rule_id,
        ruleVersion: row.rule_version,
      },
      ...{
        share: row.rule_share,
        draw: row.draw,
        descriptionVersion: row.description_version,
        drawnOn: row.drawn,
      },
    },
    captureState: row.capture_state,
    marks: [],
    ...(row.recording_id && {
      recording: {
        ...{ id: row.recording_id, startedAt: row.recording_started_at, endedAt: row.recording_ended_at },
        ...{ intakeDay: row.intake_day, months: row.recording_months },
        stored: {
          ...{ sizeBytes: row.size_bytes, sha256: row.sha256, incomplete: false },
          ...{ packetsReceived: row.packets_received, packetsLost: 0 },
        },
      },
    }),
  }))
}
