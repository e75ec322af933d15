/**
 * Measures the database functions by which the desk shows the reconciliation of a register with a million calls a month; they
 * check the reader's access. Yardstick: the simplest hand-written query for the same question, one join counted by day and
 * number.
 */
import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import { seedDescriptionFile } from '#description/read-description.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { findings } from '#safeguards/watch/find-alarms.ts'
import { installDescription } from '#safeguards/versions/versions.ts'
import { listUnreconciled } from '#use/reconciliation/list-unreconciled.ts'
import { readReconciliation, type Period } from '#use/reconciliation/read-reconciliation.ts'
import { ms, ratio, type Row } from '../rows.ts'

const numbers = 20
const rounds = 7
const maxRatio = 5

type Db = Kysely<RegisterTables>

/**
 * Measures counts, pages and alarms. Required: counts take at most five times as long as the hand-written join, which counts
 * one side and reads no feed.
 */
export async function reconcile({ calls = 1_000_000 } = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => console.warn(message) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  const open = (url: string) =>
    connectDatabase<RegisterTables>({ url, applicationName: 'bench', size: 1, onIdleError: () => undefined })
  const admin = open(server.adminUrl())
  try {
    await migrate(server.adminUrl())
    await setRolePasswords(server.adminUrl(), { seloste_desk: 'bench' })
    await installDescription(admin.db, await readFile(seedDescriptionFile, 'utf8'), seedDescriptionFile)
    const desk = open(server.urlFor('seloste_desk', 'bench', 'postgres'))
    const session = await signInOfficer(admin.db)
    await fill(admin.db, calls)
    const rows: Row[] = []
    for (const days of [7, 28]) {
      const to = Temporal.Now.instant()
      const period = { from: to.subtract({ hours: days * 24 }), to }
      const counts = await median(() => readReconciliation(desk.db, session, period))
      const byHand = await median(() => joinByHand(admin.db, period))
      rows.push({
        what: `reconciliation of ${days} days, ${calls} calls a month: counts and feeds`,
        measured: ms(counts),
        yardstick: `the join by hand ${ms(byHand)}`,
        ratio: ratio(counts, byHand),
        target: `at most x${maxRatio}`,
        isReached: counts / byHand <= maxRatio,
      })
      console.log(
        `${days} days, counts and feeds: ${counts.toFixed(0)} ms, by hand ${byHand.toFixed(0)} ms, ${ratio(counts, byHand)}`,
      )
      for (const kind of ['unrecorded', 'untold'] as const) {
        const filter = { kind, ...period, isExplained: false }
        const first = await median(() => listUnreconciled(desk.db, session, filter, { limit: 50 }))
        const before = { startedAt: to.subtract({ hours: days * 12 }), id: randomUUID() }
        const middle = await median(() => listUnreconciled(desk.db, session, filter, { before, limit: 50 }))
        console.log(
          `${days} days, ${kind}: first page ${first.toFixed(0)} ms, a page in the middle ${middle.toFixed(0)} ms`,
        )
      }
    }
    for (const kind of ['unrecorded', 'untold'] as const)
      console.log(`finding alarms of ${kind}: ${(await median(() => findAlarms(admin.db, kind))).toFixed(0)} ms`)
    await desk.close()
    return rows
  } finally {
    await admin.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function joinByHand(db: Db, { from, to }: Period): Promise<void> {
  await sql`
    select (s.contact_started_at at time zone 'Europe/Helsinki')::date, s.number_reached, count(*),
      count(*) filter (where s.decision_record), count(r.id)
    from fed_segment f
    join segment s on s.id = f.segment_id and s.contact_started_at = f.contact_started_at
    left join recording r on r.segment_id = s.id
    where f.contact_started_at >= ${from}::timestamptz and f.contact_started_at < ${to}::timestamptz
      and s.contact_started_at >= ${from}::timestamptz and s.contact_started_at < ${to}::timestamptz
    group by 1, 2`.execute(db)
}

const findAlarms = (db: Db, kind: 'unrecorded' | 'untold') => findings[kind](sql`now()`, []).execute(db)

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  // The first round is not counted.
  for (let round = -1; round < rounds; round++) {
    const begun = performance.now()
    await work()
    if (round >= 0) times.push(performance.now() - begun)
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

/** Enters a data protection officer with the right to read, and returns a session of theirs. */
async function signInOfficer(db: Db): Promise<Session> {
  const [personId, requester, approver, token] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  const start = Temporal.Now.instant().subtract({ hours: 24 * 40 })
  for (const id of [personId, requester, approver])
    await db.insertInto('person').values({ id, user_id: id, employed_from: start }).execute()
  await sql`
    insert into access_right (id, person_id, role, purposes, scope_kind, scope_units, valid_from, requested_by, approved_by)
    values (gen_random_uuid(), ${personId}::uuid, 'DATA_PROTECTION_OFFICER', '{}', 'none', '{}', ${start}::timestamptz,
      ${requester}::uuid, ${approver}::uuid)`.execute(db)
  await sql`insert into session (token_hash, person_id, created_at, expires_at)
    values (sha256(convert_to(${token}, 'UTF8')), ${personId}::uuid, now(), now() + interval '1 hour')`.execute(db)
  return { token, personId, expiresAt: Temporal.Now.instant().add({ hours: 1 }) }
}

/**
 * Enters a month of calls, all reported by one feed; one in ten is drawn, one in a hundred of those has no recording, and as
 * many are not reported.
 */
async function fill(db: Db, calls: number): Promise<void> {
  const begun = performance.now()
  const stepMs = (29 * 86_400_000) / calls
  await db.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    await sql`
      with call as materialized (
        select i, gen_random_uuid() as id, gen_random_uuid() as segment, now() - (${calls} - i) * ${stepMs}::float8 * interval '1 millisecond' as at,
          i % 10 = 0 as drawn, '+3582949700' || lpad((i % ${numbers})::text, 2, '0') as number
        from generate_series(0, ${calls - 1}::integer) i
      ), contacts as (
        insert into contact (id, started_at, ended_at, caller_kind, caller_key, number_called, number_kind, history_ends_at)
        select id, at, at + interval '5 minutes', 'e164', '+35840' || (5000000 + i), number, 'NATIONAL_SERVICE', at + interval '14 months'
        from call
      ), recordings as (
        insert into recording (id, segment_id, contact_id, contact_started_at, state, started_at, ended_at, intake_day, recording_months)
        select gen_random_uuid(), segment, id, at, 'STORED', at, at + interval '5 minutes', at::date, 6
        from call where drawn and i % 1000 <> 0
      ), told as (
        insert into fed_segment (segment_id, contact_id, contact_started_at, feed, answered_at, ended_at, is_own, told_at)
        select segment, id, at, 'exchange', at + interval '10 seconds', at + interval '5 minutes', not drawn or i % 1000 = 0,
          at + interval '6 minutes'
        from call where i % 1000 <> 10
      )
      insert into segment (id, contact_id, contact_started_at, seq, number_reached, answered_at, ended_at, decision_record, decision_reason,
        capture_failure)
      select segment, id, at, 1, number, at + interval '10 seconds', at + interval '5 minutes', drawn,
        case when drawn then 'drawn' else 'not-drawn' end, case when i % 1000 = 0 then 'no-session' end
      from call`.execute(tx)
    await sql`insert into feed (name, source, alive_at, heard_at, told_from, told_until)
      values ('exchange', 'csv', now(), now(), now() - interval '30 days', now())`.execute(tx)
  })
  await sql`vacuum analyze contact, segment, recording, fed_segment`.execute(db)
  console.log(`${calls} calls entered in ${((performance.now() - begun) / 1000).toFixed(0)} s`)
}
