/**
 * Measures a round of all checks on a register of two million calls: a process's first one, which checks everything, and the
 * later ones, every five minutes. Yardstick in the same run: counting the calls one by one.
 */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql, type Kysely } from 'kysely'
import { decideRecording } from '#description/decide-recording.ts'
import { hashCallId } from '#description/draw.ts'
import { phone } from '#test/database/people.ts'
import { seedDescriptionFile } from '#description/read-description.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { RegisterTables } from '#register/tables.ts'
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'
import { installDescription, readVersions, type DescriptionVersion } from '#safeguards/versions/versions.ts'
import { checkPromises } from '#use/evidence/check-promises.ts'
import { recordWorkDone } from '#use/evidence/record-work-done.ts'
import type { CheckContext } from '#use/evidence/promise.ts'
import type { EvidenceTables } from '#use/evidence/tables.ts'
import { withoutStartLocks } from '../register/without-start-locks.ts'
import { ratio, type Row } from '../rows.ts'

const drawKey = Buffer.alloc(32, 7)
const daysOfHistory = 420
const batch = 50_000

/** Runs the measurement. Required: every promise holds, and a later round takes at most 30 s, a tenth of its interval. */
export async function checkAll({ calls = 2_000_000, views = 200_000 } = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => console.warn(message) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  const open = (url: string) =>
    connectDatabase<RegisterTables & EvidenceTables>({
      url,
      applicationName: 'bench',
      size: 2,
      onIdleError: () => undefined,
    })
  try {
    await migrate(server.adminUrl())
    await setRolePasswords(server.adminUrl(), { seloste_custodian: 'bench' })
    const admin = open(server.adminUrl())
    await installDescription(admin.db, await readFile(seedDescriptionFile, 'utf8'), seedDescriptionFile)
    const versions = await readVersions(admin.db)
    await withoutStartLocks(admin.db, () => fill(admin.db, versions[0] as DescriptionVersion, calls, views))
    const custodian = open(server.urlFor('seloste_custodian', 'bench', 'postgres'))
    await recordWorkDone(custodian.db, 'sweep', Temporal.Now.instant())

    const context = async (afresh: boolean): Promise<CheckContext> => ({
      db: custodian.db,
      versions,
      version: versions[0] as DescriptionVersion,
      now: Temporal.Now.instant(),
      objects: await openDirectoryStore(join(folder, 'objects')),
      keys: await openKeyFolder(join(folder, 'keys')),
      places: [{ name: 'data', at: { kind: 'folder', folder } }],
      drawKey,
      afresh,
    })
    const yardstick = await timed(() => sql`select count(distinct id) from segment`.execute(custodian.db))
    const rounds: number[] = []
    const broken = new Set<string>()
    for (const afresh of [true, false, false]) {
      const round = await context(afresh)
      rounds.push(
        await timed(async () => (await checkPromises(round)).broken.forEach(({ promise }) => broken.add(promise))),
      )
      const slowest = await custodian.db
        .selectFrom('proof')
        .select(['promise', 'duration_ms'])
        .orderBy('duration_ms', 'desc')
        .limit(8)
        .execute()
      console.log(
        `${afresh ? 'first' : 'later'} round ${seconds(rounds.at(-1))}: ${slowest.map((one) => `${one.promise} ${seconds(one.duration_ms)}`).join(', ')}`,
      )
    }
    console.log(`counting ${calls} segments by id: ${seconds(yardstick)}`)
    if (broken.size > 0) console.log(`broken: ${[...broken].join(', ')}`)
    await Promise.all([admin.close(), custodian.close()])
    return [
      {
        what: `a later round of all promises, ${calls} calls; broken: ${broken.size}`,
        measured: seconds(rounds.at(-1)),
        yardstick: `counting the segments by id ${seconds(yardstick)}`,
        ratio: ratio(rounds.at(-1) ?? NaN, yardstick),
        target: 'under 30 s, none broken',
        isReached: broken.size === 0 && (rounds.at(-1) ?? Infinity) < 30_000,
      },
    ]
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

function seconds(ms = 0): string {
  return `${(ms / 1000).toFixed(1)} s`
}

/**
 * Enters calls spread over fourteen months, each decided by the plan, with recordings held and destroyed, views and listenings.
 */
async function fill(
  db: Kysely<RegisterTables & EvidenceTables>,
  version: DescriptionVersion,
  calls: number,
  views: number,
): Promise<void> {
  const begun = performance.now()
  const firstMs = Date.now() - daysOfHistory * 86_400_000
  const stepMs = Math.floor((daysOfHistory * 86_400_000 - 3_600_000) / calls)
  const numbers = ['029 497 000', '029 497 001', '029 497 010'].map(phone)
  await sql`create unlogged table call (i integer, number text, at timestamptz, drawn_on bytea, record boolean, reason text, rule text,
    rule_version integer, share float8, draw float8, contact uuid, segment uuid, recording uuid)`.execute(db)
  for (let from = 0; from < calls; from += batch) {
    const rows = Array.from({ length: Math.min(batch, calls - from) }, (_, offset) => {
      const i = from + offset
      const number = numbers[i % numbers.length] as (typeof numbers)[number]
      const at = firstMs + i * stepMs
      const drawnOn = hashCallId(`sipCallId:${i}`)
      const decided = decideRecording({
        version,
        drawKey,
        drawnOn,
        numberReached: number,
        answeredAt: Temporal.Instant.fromEpochMilliseconds(at),
        viaSwitchboard: false,
        quotaUsed: () => 0,
      })
      return [
        i,
        number,
        at,
        drawnOn,
        decided.record,
        decided.reason,
        decided.ruleId,
        decided.ruleVersion,
        decided.share,
        decided.draw,
      ]
    })
    const column = (n: number) => rows.map((row) => row[n] ?? null)
    await sql`
      insert into call
      select i, number, to_timestamp(at / 1000.0), decode(drawn_on, 'hex'), record, reason, rule, rule_version, share, draw,
        gen_random_uuid(), gen_random_uuid(), gen_random_uuid()
      from unnest(${column(0)}::int[], ${column(1)}::text[], ${column(2)}::float8[], ${column(3)}::text[], ${column(4)}::bool[], ${column(5)}::text[],
        ${column(6)}::text[], ${column(7)}::int[], ${column(8)}::float8[], ${column(9)}::float8[])
        as u(i, number, at, drawn_on, record, reason, rule, rule_version, share, draw)`.execute(db)
  }
  const months = (count: number) =>
    sql`((at + interval '3 minutes') at time zone 'Europe/Helsinki' + ${sql.lit(`${count} months`)}::interval) at time zone 'Europe/Helsinki'`
  await sql`
    insert into contact (id, started_at, ended_at, caller_kind, caller_key, number_called, number_kind, history_ends_at)
    select contact, at - interval '20 seconds', at + interval '3 minutes', 'e164', '+35840' || (1000000 + i % 900000), number,
      'NATIONAL_SERVICE', ${months(14)} from call`.execute(db)
  await sql`
    insert into person (id, user_id, employed_from) select gen_random_uuid(), 'person.' || n, now() - interval '3 years'
    from generate_series(1, 2000) n`.execute(db)
  await sql`
    insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, requested_by, approved_by)
    select gen_random_uuid(), id, 'OFFICIAL', '{DEVELOPMENT}', 'own', now() - interval '2 years', b, c
    from (select id, lead(id) over (order by id) as b, lead(id, 2) over (order by id) as c from person) p
    where c is not null`.execute(db)
  await sql`
    insert into audit_entry (action, object_kind, object_id, result) select 'right.granted', 'right', id, 'ok' from access_right`.execute(
    db,
  )
  await sql`
    insert into segment (id, contact_id, contact_started_at, seq, number_reached, answered_at, ended_at, decision_record,
      decision_reason, rule_id, rule_version, rule_share, draw, description_version, drawn_on, official_person_id)
    select segment, contact, at - interval '20 seconds', 1, number, at, at + interval '3 minutes', record, reason, rule,
      rule_version, share, draw, 1, drawn_on, people[1 + i % cardinality(people)]
    from call cross join (select array_agg(person_id) as people from access_right) p`.execute(db)
  await sql`
    insert into call_identity (external_id_hash, contact_id, contact_started_at)
    select drawn_on, contact, at - interval '20 seconds' from call`.execute(db)
  await sql`
    insert into recording (id, segment_id, contact_id, contact_started_at, number_reached, call_ended_at, state, started_at,
      ended_at, intake_day, recording_months, min_keep_until, destroy_at, kept_at, duration_ms, destroyed_at, cause)
    select recording, segment, contact, at - interval '20 seconds', number, at + interval '3 minutes',
      case when over then 'DESTROYED' else 'STORED' end, at, at + interval '3 minutes', at::date, 6, ${months(2)},
      destroy_at, at, 180000, case when over then destroy_at + interval '10 minutes' end, case when over then 'retention' end
    from (select *, destroy_at < now() as over from (select *, ${months(6)} - interval '1 day' as destroy_at from call) c) c
    where record`.execute(db)
  await sql`
    insert into destruction_entry (at, object_kind, object_id, cause, done_by, targets)
    select destroyed_at, 'recording', id, cause, 'sweep', '{}' from recording where state = 'DESTROYED'`.execute(db)
  await sql`
    insert into recording_key (recording_id, expiry_month, shard, wrapped)
    select id, date_trunc('month', destroy_at)::date, 0, '' from recording where state <> 'DESTROYED'`.execute(db)
  await sql`
    insert into audit_entry (at, action, result, object_kind, object_id)
    select at, 'call.admitted', 'ok', 'contact', contact from call`.execute(db)
  await sql`
    insert into audit_entry (at, person_id, role, action, purpose, object_kind, object_id, result)
    select c.at + interval '1 hour', s.official_person_id, 'OFFICIAL', 'contact.read', 'DEVELOPMENT', 'contact', c.contact, 'ok'
    from call c join segment s on s.id = c.segment
    where c.i % ${sql.lit(Math.ceil(calls / views))} = 0`.execute(db)
  await sql`
    insert into listening (id, recording_id, person_id, right_id, session_hash, role, purpose, started_at, until, ended_at)
    select gen_random_uuid(), r.id, s.official_person_id, a.id, '', 'OFFICIAL', 'DEVELOPMENT', r.ended_at + interval '1 day',
      r.ended_at + interval '1 day 1 hour', r.ended_at + interval '1 day 10 minutes'
    from recording r join segment s on s.id = r.segment_id join access_right a on a.person_id = s.official_person_id
    where r.ended_at < now() - interval '2 days' limit ${sql.lit(Math.floor(views / 4))}`.execute(db)
  await sql`
    insert into listening_range (listening_id, at, from_ms, to_ms)
    select id, started_at + n * interval '1 minute', n * 60000, n * 60000 + 60000 from listening, generate_series(1, 4) n`.execute(
    db,
  )
  await sql`drop table call`.execute(db)
  await sql`vacuum analyze`.execute(db)
  console.log(`${calls} calls and ${views} views entered in ${seconds(performance.now() - begun)}`)
}
