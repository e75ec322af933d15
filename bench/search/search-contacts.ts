/**
 * Measures searches of the contact history as people make them: the desk as a process of its own, over HTTP, by signed-in
 * people with a purpose, 20 a second; the log entry of each is durable before the answer. Yardstick in the same run: the SQL by
 * hand for the same page, as a superuser without row-level security: the contacts, their count, their segments and recordings.
 * The search and the hand-written SQL must find the same contacts.
 */
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { seedDescriptionFile } from '#description/read-description.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import type { RegisterTables } from '#register/tables.ts'
import { installDescription } from '#safeguards/versions/versions.ts'
import { ms, percentile, ratio, type Row } from '../rows.ts'
import { startRole } from '../role-process.ts'
import { bulkLoadEquivalence } from './bulk-load-equivalence.ts'
import { commonNumber, enterContacts, fewNumber, rareNumber, unitId } from './large-register.ts'
import { accessScopes, searches, type Search } from './searches.ts'

const perSecond = 20
const times = 40
/** Warm-up searches, not counted: the desk's new connections have no plans yet. */
const warmUpSearches = 20
/** Each person is rate-limited to sixty views a minute (R21). */
const peoplePerKind = 60
const maxMs = 50
const maxRatio = 1.3
const pageSize = 50
const countedUpTo = 1_000
/** Timeout of a hand-written statement. */
const handwrittenTimeoutMs = 3_000
/** SQLSTATE of a statement that timed out. */
const queryCanceled = '57014'

type Direction = 'asc' | 'desc'
type AccessKind = keyof typeof accessScopes
interface Searcher {
  kind: AccessKind
  cookies: string[]
}

/**
 * Returns the rows of every search by each of three kinds of people.
 * @param contacts 30,000,000 take 40 GB of disk and a quarter of an hour to enter; a folder in `SELOSTE_BENCH_REGISTER` keeps
 * them
 */
export async function searchContacts({
  contacts = Number(process.env['SELOSTE_BENCH_CONTACTS'] ?? 300_000),
} = {}): Promise<Row[]> {
  const registerUrl = process.env['SELOSTE_BENCH_REGISTER']
  const folder = registerUrl ?? (await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-')))
  await mkdir(folder, { recursive: true })
  // The database runs as another user, who must be able to reach its folder in this one.
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => console.warn(message) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  const admin = connectDatabase<RegisterTables>({
    ...{ url: server.adminUrl(), applicationName: 'bench', size: 4, onIdleError: () => undefined },
  })
  try {
    await migrate(server.adminUrl())
    await setRolePasswords(server.adminUrl(), { seloste_desk: 'bench' })
    await installDescription(admin.db, await readFile(seedDescriptionFile, 'utf8'), seedDescriptionFile)
    const existing = await admin.pool.query<{ n: string }>(
      'select count(*) as n from (select from contact limit 1000) c',
    )
    if (Number(existing.rows[0]!.n) < 1000)
      console.log(`${contacts} contacts entered in ${(await enterContacts(admin.pool, contacts)).toFixed(0)} s`)
    const rows = [await bulkLoadEquivalence(admin.pool)]
    const searchers = await enterPeople(admin.pool)
    const superuser = await admin.pool.connect()
    await superuser.query(`set statement_timeout = ${handwrittenTimeoutMs}`)
    const desk = await startRole('desk', {
      folder: join(folder, `desk-${randomUUID()}`),
      databaseUrl: server.urlFor('seloste_desk', 'bench', 'postgres'),
    })
    try {
      for (const searcher of searchers) {
        for (const search of searches(Temporal.Now.instant(), accessScopes[searcher.kind].seesPart))
          rows.push(await measure(desk.url, superuser, searcher, search))
      }
    } finally {
      superuser.release(true)
      await desk.stop()
    }
    return [...rows, summaryRow(rows)]
  } finally {
    await admin.close()
    await server.stop()
    if (registerUrl === undefined) await rm(folder, { recursive: true, force: true })
  }
}

/** Counts the searches that meet the requirement. A search whose hand-written SQL times out counts as meeting it. */
function summaryRow(rows: readonly Row[]): Row {
  const searched = rows.filter(({ yardstick }) => yardstick !== undefined)
  const good = searched.filter(({ ratio: found }) => found === undefined || Number(found.slice(1)) <= maxRatio)
  return {
    what: `searches that take at most x${maxRatio} of the time of hand-written SQL, in the median`,
    measured: `${good.length} of ${searched.length}`,
    target: 'all',
    isReached: good.length === searched.length,
  }
}

async function measure(url: string, superuser: PoolClient, { kind, cookies }: Searcher, search: Search): Promise<Row> {
  const { purpose, ...request } = accessScopes[kind]
  const query = new URLSearchParams({
    ...{ purpose, limit: String(pageSize), ...search.query },
    ...('reference' in request && { reference: request.reference }),
  })
  const overHttp = async (index: number) => {
    const answer = await fetch(`${url}/api/contacts?${query.toString()}`, {
      headers: { cookie: cookies[index % cookies.length]! },
    })
    const body = (await answer.json()) as { items: { id: string }[]; approximateTotal: number }
    if (!answer.ok) throw new Error(`${search.name}: ${answer.status} ${JSON.stringify(body)}`)
    return { total: body.approximateTotal, ids: body.items.map(({ id }) => id) }
  }
  const direction = search.query['order'] === 'oldest' ? 'asc' : 'desc'
  const byHand = () => readByHand(superuser, [accessScopes[kind].sees, ...search.byHand], direction)
  const found = await overHttp(0)
  const [expectedMs, expected] = await timed(byHand)
  if (expected && JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(
      `${kind}, ${search.name}: found ${JSON.stringify(found).slice(0, 200)}, by hand ${JSON.stringify(expected).slice(0, 200)}`,
    )
  await atRate(overHttp, warmUpSearches)
  const overHttpTimes = await atRate(overHttp, times)
  const handwrittenTimes = [expectedMs]
  const begun = performance.now()
  // Repeats the hand-written SQL for at most a second.
  while (expected && handwrittenTimes.length < times && performance.now() - begun < 1_000)
    handwrittenTimes.push((await timed(byHand))[0])
  const [p95, median, medianByHand] = [
    percentile(overHttpTimes, 0.95),
    percentile(overHttpTimes, 0.5),
    percentile(handwrittenTimes, 0.5),
  ]
  const row: Row = {
    what: `${kind}: ${search.name} (${found.total} found)`,
    measured: `p95 ${ms(p95)}, median ${ms(median)}`,
    yardstick: expected
      ? `hand-written SQL, median ${ms(medianByHand)}`
      : `hand-written SQL, over ${handwrittenTimeoutMs / 1000} s`,
    ...(expected && { ratio: ratio(median, medianByHand) }),
    target: `p95 under ${maxMs} ms`,
    isReached: p95 < maxMs,
  }
  console.log(`${row.what}: ${row.measured}; ${row.yardstick}, ${row.ratio ?? ''}`)
  return row
}

/** Returns milliseconds of each of many searches, begun at a fixed rate whether or not earlier ones are answered. */
async function atRate(search: (index: number) => Promise<unknown>, many: number): Promise<number[]> {
  const begun = performance.now()
  return Promise.all(
    Array.from({ length: many }, async (_, index) => {
      await wait(Math.max(0, begun + (index * 1000) / perSecond - performance.now()))
      return (await timed(() => search(index)))[0]
    }),
  )
}

/** Returns milliseconds and the result. */
async function timed<Result>(work: () => Promise<Result>): Promise<[number, Result]> {
  const begun = performance.now()
  const result = await work()
  return [performance.now() - begun, result]
}

/**
 * Reads by hand the first page and the number of contacts, up to the desk's limit, with all that the page shows; undefined on a
 * timeout.
 */
async function readByHand(
  superuser: PoolClient,
  conditions: string[],
  direction: Direction,
): Promise<{ total: number; ids: string[] } | undefined> {
  try {
    return await readPage(superuser, conditions, direction)
  } catch (error) {
    if ((error as { code?: string }).code === queryCanceled) return undefined
    throw error
  }
}

async function readPage(superuser: PoolClient, conditions: string[], direction: Direction) {
  const condition = ['c.history_ends_at > now()', ...conditions].join(' and ')
  const page = await superuser.query<{ id: string; started_at: Temporal.Instant }>(
    `select c.* from contact c where ${condition} order by c.started_at ${direction}, c.id ${direction} limit ${pageSize}`,
  )
  const { rows: counted } = await superuser.query<{ total: number }>(
    `select count(*)::int as total from (select from contact c where ${condition} limit ${countedUpTo}) c`,
  )
  const ids = page.rows.map(({ id }) => id)
  const starts = page.rows.map(({ started_at }) => started_at)
  await superuser.query(
    'select * from segment where contact_id = any ($1) and contact_started_at = any ($2) order by seq',
    [ids, starts],
  )
  await superuser.query('select * from recording where contact_id = any ($1)', [ids])
  return { total: counted[0]!.total, ids }
}

/** Enters people of each kind, signed in. */
async function enterPeople(pool: Pool): Promise<Searcher[]> {
  const scopes: Record<AccessKind, { role: string; duty?: string; scope: string; units?: string; numbers?: string }> = {
    'a supervisor': { role: 'SUPERVISOR', scope: 'unit', units: `array[${unitId(7)}]` },
    'an expert with three numbers': {
      ...{ role: 'EXPERT', duty: 'QUALITY', scope: 'numbers' },
      numbers: `array['${commonNumber}', '${fewNumber}', '${rareNumber}']`,
    },
    'the security unit': { role: 'SECURITY', scope: 'all' },
  }
  const enter = async () => {
    const id = randomUUID()
    await pool.query(
      `insert into person (id, user_id, employed_from) values ($1::uuid, $1::text, now() - interval '1 year')`,
      [id],
    )
    return id
  }
  const [requester, approver] = [await enter(), await enter()]
  const searchers: Searcher[] = []
  for (const [user, { role, duty, scope, units, numbers }] of Object.entries(scopes)) {
    const cookies: string[] = []
    for (let n = 0; n < peoplePerKind; n++) {
      const [id, token] = [await enter(), randomUUID()]
      await pool.query(
        `insert into access_right (id, person_id, role, duty, purposes, scope_kind, scope_units, scope_numbers, valid_from, requested_by, approved_by)
         values (gen_random_uuid(), $1, $2, $3, $4, $5, ${units ?? `'{}'::uuid[]`}, ${numbers ?? `'{}'::text[]`}, now() - interval '1 year', $6, $7)`,
        [id, role, duty ?? null, [accessScopes[user as AccessKind].purpose], scope, requester, approver],
      )
      await pool.query(
        `insert into session (token_hash, person_id, created_at, expires_at)
         values (sha256(convert_to($1, 'UTF8')), $2, now(), now() + interval '6 hours')`,
        [token, id],
      )
      cookies.push(`seloste=${token}`)
    }
    searchers.push({ kind: user as AccessKind, cookies })
  }
  return searchers
}
