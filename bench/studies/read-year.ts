/**
 * Measures a year's study from the stored counts. Yardstick: the same study computed from the calls. Also measures the wall
 * display of a day, for one display and for many. A study's cost depends on numbers, units and hours, and hardly on calls; the
 * yardstick is measured on fewer calls, and scaled.
 */
import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seedDescriptionFile } from '#description/read-description.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import type { RegisterTables } from '#register/tables.ts'
import { requestGrant, type Grant } from '#safeguards/access/grant.ts'
import { installDescription } from '#safeguards/versions/versions.ts'
import { createTodayCounter } from '#use/studies/calls-today.ts'
import { protectCount } from '#use/studies/protect-counts.ts'
import { readStudy, type StudyRow } from '#use/studies/read-study.ts'
import { talkBounds, waitBounds, type Measure, type Question } from '#use/studies/study.ts'
import { ms, type Row } from '../rows.ts'

const callsPerYear = 10_000_000
const numberCount = 50
const unitCount = 20
const repeats = 7
const maxMs = 1_000
const displays = 50
const counted = 10_000
const isFull = process.env['SELOSTE_BENCH_FULL'] === '1'

/**
 * Runs the measurement. Required: a year's study takes less than a second, is faster than recounting, and has the same counts.
 * @param contacts calls to enter and count one by one. The counts of the whole year are generated; for these calls, generated
 * counts must equal those counted one by one
 * @param ready called when the counts of a year exist, before studies are timed
 */
export async function readYear({
  contacts = isFull ? callsPerYear : 200_000,
  ready = () => Promise.resolve(),
}: { contacts?: number; ready?: () => Promise<void> } = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => console.warn(message) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  const open = (url: string) =>
    connectDatabase<RegisterTables>({ url, applicationName: 'bench', size: 2, onIdleError: () => undefined })
  const admin = open(server.adminUrl())
  try {
    await migrate(server.adminUrl())
    await setRolePasswords(server.adminUrl(), { seloste_desk: 'bench' })
    await installDescription(admin.db, await readFile(seedDescriptionFile, 'utf8'), seedDescriptionFile)
    const desk = open(server.urlFor('seloste_desk', 'bench', 'postgres'))
    const today = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').toPlainDate()
    const from = today.subtract({ years: 1 })
    await fill(admin, contacts)
    const begun = performance.now()
    while (((await admin.pool.query(`select count_studies(${counted}) as n`)).rows[0] as { n: number }).n === counted);
    const perCall = (performance.now() - begun) / contacts
    console.log(`${contacts} calls counted, ${(perCall * 1000).toFixed(0)} us each`)

    const grant = await grantTo(admin, desk)
    const rows: Row[] = []
    const same = (what: string, isSame: boolean): Row => ({
      what,
      measured: isSame ? 'yes' : 'no',
      target: 'yes',
      isReached: isSame,
    })
    const question = (by: Question['by'], measure: Measure): Question => ({
      ...{ period: { from, to: today }, by, measure, numbers: [] },
    })
    const anewMs = new Map<string, number>()
    for (const [by, measure] of questions) {
      const begunAnew = performance.now()
      const { rows: anew } = await admin.pool.query<Record<string, unknown>>(recount[by]!, [from.toString()])
      anewMs.set(by, (performance.now() - begunAnew) * (callsPerYear / contacts))
      if (by === 'month')
        rows.push(
          same(
            'calls by month are those counted anew',
            isSameCount(anew, await readStudy(desk.db, grant, question(by, measure), [])),
          ),
        )
    }

    const countToday = createTodayCounter(desk.db, () => Temporal.Now.instant())
    const one = await median(() => admin.pool.query('select * from calls_today()'))
    const begunWall = performance.now()
    for (let second = 0; second < 3; second++) {
      await Promise.all(Array.from({ length: displays }, () => countToday(grant)))
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
    const { calls } = (await admin.pool.query(`select count(*)::int as calls from contact where counted is null`))
      .rows[0] as {
      calls: number
    }
    console.log(
      `wall display of the day: ${one.toFixed(1)} ms a second of the database, with ${calls} calls in progress; ${displays} displays in ${((performance.now() - begunWall) / 3 - 1000).toFixed(0)} ms`,
    )
    rows.push({
      what: `the day on a wall, ${calls} calls in progress`,
      measured: ms(one),
      target: `under ${maxMs / 10} ms`,
      isReached: one < maxMs / 10,
    })

    if (contacts < callsPerYear)
      rows.push(same('counts made at once are those counted one by one', await makeCounts(admin, contacts)))
    for (const table of ['study_hour', 'study_day']) await admin.pool.query(`vacuum analyze ${table}`)
    const { hours, days } = (
      await admin.pool.query(
        'select (select count(*)::int from study_hour) as hours, (select count(*)::int from study_day) as days',
      )
    ).rows[0] as { hours: number; days: number }
    console.log(`${callsPerYear} calls are ${hours} rows of counts by the hour and ${days} by the day`)
    await ready()
    for (const [by, measure] of questions) {
      const took = await median(() => readStudy(desk.db, grant, question(by, measure), placesOf(from)))
      const anew = anewMs.get(by)!
      rows.push({
        what: `a year's ${measure} by ${by}, ten million calls`,
        measured: ms(took),
        yardstick: `counted anew ${(anew / 1000).toFixed(0)} s, scaled`,
        ratio: `x1/${(anew / took).toFixed(0)}`,
        target: `under ${maxMs / 1000} s`,
        isReached: took < maxMs && took < anew,
      })
      console.log(
        `a year ${measure} by ${by}: ${took.toFixed(0)} ms, counted anew from ${callsPerYear} calls ${anew.toFixed(0)} ms, x${(anew / took).toFixed(0)}`,
      )
    }
    await desk.close()
    return rows
  } finally {
    await admin.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const questions = [
  ['month', 'calls'],
  ['hour', 'talk'],
  ['number', 'recorded'],
  ['region', 'wait'],
] as const

/** Returns true if the study's calls of each month equal the recounted calls, rounded to the nearest five. */
function isSameCount(anew: Record<string, unknown>[], { rows }: { rows: StudyRow[] }): boolean {
  const reported = rows.map(({ figures }) => figures.calls)
  const counted = anew.map((row) => protectCount(Number(row['calls'])))
  const isSame = reported.length === counted.length && reported.every((calls, index) => calls === counted[index])
  console.log(
    `calls by month ${isSame ? 'are those counted anew' : `${reported.join(' ')} differ from ${counted.join(' ')}`}`,
  )
  return isSame
}

type Admin = ReturnType<typeof connectDatabase<RegisterTables>>
const numberOf = (n: number) => `+3582949${String(70_000 + n)}`

/** Returns SQL that selects the columns `label` from this many synthetic calls. */
const calls = (contacts: number, label: string) =>
  `select ${label} from (
     select n, md5('c' || n)::uuid as id, date_trunc('day', now()) - (1 + n % 365) * interval '1 day' + interval '5 hours'
       + (hashint4(n) & 65535) % 36000 * interval '1 second' as began,
       '+3582949' || (70000 + (hashint4(n + 1) & 1023) % ${numberCount}) as number,
       n % 10 > 0 as is_answered, md5('u' || ((hashint4(n + 1) & 1023) + (hashint4(n + 3) & 65535) % 3) % ${unitCount})::uuid as unit
     from generate_series(1, ${contacts}) n) c`

/**
 * Replaces the counts of `contacts` calls with generated counts of a year's calls. Returns false if the counts generated for
 * `contacts` calls differ from those counted one by one.
 */
async function makeCounts({ pool }: Admin, contacts: number): Promise<boolean> {
  const bins = [
    ...Array.from({ length: talkBounds.length + 1 }, (_, bin) => ['talk', bin] as const),
    ...Array.from({ length: waitBounds.length + 1 }, (_, bin) => ['wait', bin] as const),
  ]
  const names = ['calls', 'answered', 'talk_seconds', 'judged', 'expected_ppm', 'recorded']
  const columns = [...names, ...bins.map(([label, bin]) => `${label}_${bin}`)].join(', ')
  const generated = (callCount: number) =>
    `select (c.began at time zone 'Europe/Helsinki')::date as day, extract(hour from c.began at time zone 'Europe/Helsinki')::smallint as hour,
       c.number, case when c.is_answered then c.unit end as unit_id, count(*) as calls, count(c.talk) as answered,
       coalesce(sum(c.talk), 0) as talk_seconds, count(c.talk) as judged, count(c.talk) * 100000 as expected_ppm, 0 as recorded,
       ${bins.map(([label, bin]) => `count(*) filter (where width_bucket(c.${label}, ${label}_bounds()) = ${bin}) as ${label}_${bin}`).join(', ')}
     from (${calls(callCount, `*, case when is_answered then 240 + n % 300 - n % 60 end as talk, case when is_answered then n % 60 end as wait`)}) c
     group by 1, 2, 3, 4`
  const { rows } = await pool.query<{ n: number }>(
    `select count(*)::int as n from (
       (select day, hour, number, unit_id, ${columns} from study_hour except all ${generated(contacts)})
       union all (${generated(contacts)} except all select day, hour, number, unit_id, ${columns} from study_hour)) d`,
  )
  console.log(`counts made of ${contacts} calls at once: ${rows[0]!.n} rows differ from those counted one by one`)
  await pool.query('truncate study_hour, study_day')
  await pool.query(`insert into study_hour (day, hour, number, unit_id, ${columns}) ${generated(callsPerYear)}`)
  await pool.query(`insert into study_day (day, number, unit_id, ${columns})
    select day, number, unit_id, ${columns.replace(/\w+/g, 'sum($&)')} from study_hour group by 1, 2, 3`)
  return rows[0]!.n === 0
}

/** Enters calls of a year in office hours, each with one part; a tenth unanswered, a tenth of the others recorded. */
async function fill({ pool }: Admin, contacts: number): Promise<void> {
  const client = await pool.connect()
  await client.query('set session_replication_role = replica; set synchronous_commit = off')
  await client.query(`select ensure_partitions((now() - interval '13 months')::date, now()::date)`)
  await client.query(`insert into contact (id, started_at, ended_at, caller_kind, number_called, number_kind, history_ends_at)
    ${calls(contacts, `id, began, began + interval '4 minutes' + n % 300 * interval '1 second', 'withheld', number, 'NATIONAL_SERVICE', began + interval '14 months'`)}`)
  await client.query(`insert into segment (id, contact_id, contact_started_at, seq, number_reached, official_unit_id, official_name,
      official_phone, answered_at, ended_at, decision_record, decision_reason, rule_share, draw)
    ${calls(
      contacts,
      `md5('s' || n)::uuid, id, began, 1, number, case when is_answered then unit end,
      case when is_answered then 'Virkailija ' || n % 7 end, case when is_answered then '+35829512' || 1000 + n % 7 end,
      case when is_answered then began + n % 60 * interval '1 second' end, began + interval '4 minutes' + n % 300 * interval '1 second',
      n % 11 = 0, 'x', 0.1, case when is_answered then 0.5 end`,
    )}`)
  // Some are still in progress.
  await client.query(`insert into contact (id, started_at, caller_kind, number_called, number_kind)
    select gen_random_uuid(), now() - n * interval '1 second', 'withheld', '${numberOf(3)}', 'NATIONAL_SERVICE' from generate_series(1, 300) n`)
  for (const table of ['contact', 'segment']) await client.query(`vacuum analyze ${table}`)
  client.release()
}

/** Hand-written SQL that computes the study from the calls. */
const parts = `from contact c left join lateral (
    select min(s.answered_at) as answered, bool_or(s.decision_record) as recorded, sum(s.rule_share) as share
    from segment s where s.contact_id = c.id and s.contact_started_at = c.started_at) s on true
  where c.started_at >= $1::timestamp at time zone 'Europe/Helsinki' and c.ended_at is not null group by 1`
const recount: Record<string, string> = {
  month: `select date_trunc('month', c.started_at at time zone 'Europe/Helsinki'), count(*)::int as calls, count(s.answered) ${parts} order by 1`,
  hour: `select extract(hour from c.started_at at time zone 'Europe/Helsinki'), percentile_cont(array[0.5, 0.9]) within group (order by c.ended_at - s.answered) ${parts}`,
  number: `select c.number_called, count(*), count(*) filter (where s.recorded), sum(s.share) ${parts}`,
  region: `select right(c.number_called, 1), percentile_cont(array[0.5, 0.9]) within group (order by s.answered - c.started_at) ${parts}`,
}

function placesOf(since: Temporal.PlainDate) {
  return Array.from({ length: numberCount }, (_, n) => ({
    number: numberOf(n) as never,
    since,
    ...(n % 2 === 0 && { region: `Alue ${n % 10}` }),
    language: 'fi' as const,
  }))
}

/** Grants an expert every number. */
async function grantTo(admin: Admin, desk: Admin): Promise<Grant> {
  const start = Temporal.Now.instant().subtract({ hours: 24 * 500 })
  const personId = randomUUID()
  await admin.db.insertInto('person').values({ id: personId, user_id: 'asiantuntija', employed_from: start }).execute()
  await admin.db
    .insertInto('access_right')
    .values({
      ...{ id: randomUUID(), person_id: personId, role: 'EXPERT', duty: 'QUALITY', purposes: ['SERVICE_LEVEL_STUDY'] },
      ...{
        scope_kind: 'numbers',
        scope_units: [],
        scope_numbers: Array.from({ length: numberCount + 1 }, (_, n) => numberOf(n)),
      },
      ...{ valid_from: start, valid_to: null, requested_by: personId, approved_by: randomUUID(), revoked_at: null },
    })
    .execute()
  const token = randomUUID()
  await admin.pool.query(
    `insert into session (token_hash, person_id, created_at, expires_at)
     values (sha256(convert_to($1, 'UTF8')), $2, now(), now() + interval '1 hour')`,
    [token, personId],
  )
  const session = { token, personId, expiresAt: Temporal.Now.instant().add({ hours: 1 }) }
  const grant = await requestGrant(
    desk.db,
    session,
    { purpose: 'SERVICE_LEVEL_STUDY', action: 'study.read' },
    Temporal.Now.instant(),
  )
  if ('refused' in grant) throw new Error(grant.refused)
  return grant
}

async function median(work: () => Promise<unknown>, times = repeats): Promise<number> {
  const took: number[] = []
  for (let round = 0; round < times; round++) {
    const begun = performance.now()
    await work()
    took.push(performance.now() - begun)
  }
  return took.sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0
}
