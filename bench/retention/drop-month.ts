/**
 * Measures how long it takes to drop a month of history at the end of its term. Yardstick: a DELETE of the same rows (measured
 * on fewer and scaled). Also measures the longest wait of a call that arrives meanwhile, and the deletion of the recordings'
 * rows in batches.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import { expungeHistoryMonth, deleteRowsOfDroppedMonths } from '#register/expunge-history.ts'
import type { RegisterTables } from '#register/tables.ts'
import { fillPartition } from '../register/fill-partition.ts'
import { ms, type Row } from '../rows.ts'

const role = 'seloste_custodian'
const password = 'only-for-the-bench'
const maxMs = 1_000
const batch = 5_000
const betweenCallsMs = 5
const isFull = process.env['SELOSTE_BENCH_FULL'] === '1'

/** Runs the measurement. Required: the drop takes less than a second. */
export async function dropMonth({
  contacts = isFull ? 10_000_000 : 1_000_000,
  recorded = 200_000,
  deleted = 100_000,
} = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => void process.stderr.write(`${message}\n`) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  const onIdleError = () => undefined
  const admin = connectDatabase({ url: server.adminUrl(), applicationName: 'bench', size: 2, onIdleError })
  try {
    await migrate(server.adminUrl())
    await setRolePasswords(server.adminUrl(), { [role]: password })
    const month = Temporal.Now.plainDateISO('UTC').with({ day: 1 }).subtract({ months: 16 })
    const first = month.toString()
    await admin.pool.query('select ensure_partitions($1::date, $1::date)', [first])
    const filling = await admin.pool.connect()
    await filling.query(
      "set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '512MB'",
    )
    const beganFill = performance.now()
    for (const [parent, statement] of fill) {
      await fillPartition(filling, parent, month, (part) => [
        statement.replace(`insert into ${parent}`, `insert into ${part}`),
        [first, contacts],
      ])
    }
    await filling.query(fillRecordings, [first, contacts, recorded])
    // An old month has no dead rows.
    for (const table of ['contact', 'segment', 'call_identity', 'recording'])
      await filling.query(`vacuum analyze ${table}`)
    const fillSeconds = (performance.now() - beganFill) / 1000

    // Yardstick on as many rows of the same tables; rolled back at once.
    await filling.query('begin')
    const beganDelete = performance.now()
    await filling.query(
      `create temp table going on commit drop as select id, started_at from contact where started_at < $1::date + interval '3 days' limit ${deleted}`.replace(
        '$1',
        `'${first}'`,
      ),
    )
    for (const [table, id, at] of [
      ['segment', 'contact_id', 'contact_started_at'],
      ['call_identity', 'contact_id', 'contact_started_at'],
      ['contact', 'id', 'started_at'],
    ] as const) {
      await filling.query(`delete from ${table} t using going g where t.${id} = g.id and t.${at} = g.started_at`)
    }
    const deleteMs = (performance.now() - beganDelete) * (contacts / deleted)
    await filling.query('rollback')
    filling.release()

    const beganCount = performance.now()
    await admin.pool.query(
      "select count_history_day(d::date, true) from generate_series($1::date, $1::date + interval '1 month', interval '1 day') d",
      [first],
    )
    const countSeconds = (performance.now() - beganCount) / 1000

    const custodian = connectDatabase<RegisterTables>({
      url: server.urlFor(role, password, 'postgres'),
      applicationName: 'bench',
      size: 1,
      onIdleError,
    })
    const beganJudging = performance.now()
    await admin.pool.query('select history_month_blocker($1)', [first])
    const judgedMs = performance.now() - beganJudging
    const calls = enterCallsMeanwhile(admin.pool)
    await sleep(300)
    const began = performance.now()
    const dropped = await expungeHistoryMonth(custodian.db, month)
    const dropMs = performance.now() - began
    await sleep(300)
    const slowest = await calls.stop()
    const beganRest = performance.now()
    let rest = 0
    for (let some = batch; some === batch;) rest += some = await deleteRowsOfDroppedMonths(custodian.db, batch)
    const restSeconds = (performance.now() - beganRest) / 1000
    await custodian.close()
    console.log(
      `a month of ${contacts} contacts, ${recorded} recorded, filled in ${fillSeconds.toFixed(0)} s: ${JSON.stringify(dropped)}`,
    )
    console.log(`counted before            ${countSeconds.toFixed(1)} s, a day at a time`)
    console.log(`DELETE of the same rows   ${(deleteMs / 1000).toFixed(0)} s (${deleted} of them, scaled)`)
    console.log(
      `dropped                   ${dropMs.toFixed(0)} ms  x${(dropMs / deleteMs).toFixed(5)}  (at most ${maxMs} ms)`,
    )
    console.log(`  blockers checked before ${judgedMs.toFixed(0)} ms`)
    console.log(`slowest call meanwhile    ${slowest.toFixed(0)} ms`)
    console.log(`recordings’ rows after    ${rest} in ${restSeconds.toFixed(1)} s, ${batch} at a time`)
    return [
      {
        what: `a month of ${contacts} contacts dropped; the slowest call meanwhile ${ms(slowest)}`,
        measured: ms(dropMs),
        yardstick: `DELETE of the same rows ${(deleteMs / 1000).toFixed(0)} s, scaled`,
        ratio: `x${(dropMs / deleteMs).toFixed(5)}`,
        target: `under ${maxMs / 1000} s`,
        isReached: typeof dropped !== 'string' && dropMs < maxMs && rest === recorded,
      },
    ]
  } finally {
    await admin.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Enters current contacts, one after another. */
function enterCallsMeanwhile(pool: { query: (statement: string) => Promise<unknown> }) {
  const stopping = new AbortController()
  let slowest = 0
  const done = (async () => {
    while (!stopping.signal.aborted) {
      const began = performance.now()
      await pool.query(
        `insert into contact (id, started_at, caller_kind, number_called, number_kind)
         values (gen_random_uuid(), now(), 'withheld', '+35829497000', 'NATIONAL_SERVICE')`,
      )
      slowest = Math.max(slowest, performance.now() - began)
      await sleep(betweenCallsMs)
    }
  })()
  // `stop` reports this error; without it, the rejection would be unhandled if the bench fails first.
  done.catch(() => undefined)
  return {
    async stop() {
      stopping.abort()
      await done
      return slowest
    },
  }
}

/** Reproducible ids, so that the three tables need not be joined. */
const calls = `(
  select n, md5('call' || n)::uuid as id,
    $1::date::timestamp at time zone 'UTC' + n * (interval '28 days' / $2::int) as started_at
  from generate_series(1, $2::int) n
) c`
const fill: [string, string][] = [
  [
    'contact',
    `insert into contact (id, started_at, ended_at, caller_kind, caller_key, number_called, number_kind, history_ends_at)
   select id, started_at, started_at + interval '5 minutes', 'e164', '+35840' || (1000000 + n % 900000),
     '+3582949700' || n % 10, 'NATIONAL_SERVICE', started_at + interval '14 months' from ${calls}`,
  ],
  [
    'segment',
    `insert into segment (id, contact_id, contact_started_at, seq, number_reached, official_person_id, answered_at, ended_at,
     decision_record, decision_reason)
   select md5('part' || n)::uuid, id, started_at, 1, '+3582949700' || n % 10, md5('official' || n % 500)::uuid,
     started_at + interval '20 seconds', started_at + interval '5 minutes', n % 10 = 0, 'drawn' from ${calls}`,
  ],
  ['call_identity', `insert into call_identity select sha256(id::text::bytea), id, started_at from ${calls}`],
]
const fillRecordings = `
  insert into recording (id, segment_id, contact_id, contact_started_at, state, started_at, intake_day, recording_months,
    destroyed_at, cause, kept_at)
  select md5('recording' || n)::uuid, md5('part' || n)::uuid, id, started_at, 'DESTROYED', started_at, started_at::date, 3, now(), 'retention', started_at
  from ${calls} where n <= $3::int`
