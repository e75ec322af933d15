/**
 * Measures the throughput of a feed, from the record to the register: calls of a CSV file, and as many records sent over HTTP,
 * both admitted by the feeds process. Yardsticks in the same database: a COPY of as many contacts into the same table with its
 * indexes and triggers, and a COPY of every row that such calls have (contacts, segments, ids, feed records, the log).
 */
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Pool } from 'pg'
import { seedDescriptionFile } from '#description/read-description.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { startEmbeddedPostgres } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { setRolePasswords } from '#platform/database/role-passwords.ts'
import { installDescription } from '#safeguards/versions/versions.ts'
import { findPorts } from '#test/whole/free-ports.ts'
import { startRole } from '../role-process.ts'
import { ratio, type Row } from '../rows.ts'

const minCopyRate = 0.5
const numbers = ['029 497 000', '029 497 001', '029 497 010']
const token = 'only-for-the-bench'
const senders = 64
const rowsOf = ['contact', 'segment', 'call_identity', 'fed_segment', 'audit_entry'] as const

/** Measures the file and HTTP. Required: at least half as many contacts a second as COPY into the same table. */
export async function feedContacts({ calls = Number(process.env['SELOSTE_BENCH_CALLS'] ?? 100_000) } = {}): Promise<
  Row[]
> {
  const folder = await mkdtemp(join(process.env['SELOSTE_BENCH_DATA'] ?? tmpdir(), 'seloste-bench-'))
  await chmod(folder, 0o711)
  const log = { info: () => undefined, warn: (message: string) => console.warn(message) }
  const server = await startEmbeddedPostgres({ dataDirectory: join(folder, 'database'), log })
  const { pool, db, close } = connectDatabase({
    ...{ url: server.adminUrl(), applicationName: 'bench', size: 2, onIdleError: () => undefined },
  })
  try {
    await migrate(server.adminUrl())
    await setRolePasswords(server.adminUrl(), { seloste_capture: 'bench' })
    await installDescription(db as never, await readFile(seedDescriptionFile, 'utf8'), seedDescriptionFile)
    await pool.query(`select ensure_partitions((now() - interval '2 months')::date, now()::date)`)
    const incoming = join(folder, 'incoming')
    await mkdir(incoming)
    const { http: port } = await findPorts()
    const feeds = join(folder, 'feeds.yaml')
    const fields =
      'fields: { callId: id, startedAt: start, answeredAt: answer, endedAt: end, caller: from, called: to, official: by }'
    await writeFile(
      feeds,
      `feeds:
  - { name: file, source: csv, folder: ${incoming}, ${fields}, settleSeconds: 0 }
  - { name: http, source: json, listen: '127.0.0.1:${port}', token: ${token}, ${fields}, settleSeconds: 0 }\n`,
    )
    const role = await startRole('feeds', {
      folder: join(folder, 'data'),
      databaseUrl: server.urlFor('seloste_capture', 'bench', 'postgres'),
      settings: { SELOSTE_FEEDS: feeds },
    })
    try {
      const empty = await databaseBytes(pool)
      const byFile = await timed(async () => {
        const lines = Array.from({ length: calls }, (_, n) => Object.values(recordOf('f', n)).join(','))
        await writeFile(join(folder, 'calls.csv'), `${Object.keys(recordOf('f', 0)).join(',')}\n${lines.join('\n')}\n`)
        // Renames the complete file into the folder, as a telephone system does.
        await rename(join(folder, 'calls.csv'), join(incoming, 'calls.csv'))
        await untilContacts(pool, calls)
      })
      console.log(`by file ${perSecond(calls, byFile)}`)
      await pool.query('vacuum')
      const perCall = ((await databaseBytes(pool)) - empty) / calls
      const byHttp = await timed(async () => {
        await postAll(port, calls)
        await untilContacts(pool, 2 * calls)
      })
      console.log(`over HTTP ${perSecond(calls, byHttp)}`)
      await role.stop()
      const { contacts, all } = await copies(pool, calls)
      console.log(`COPY of contacts ${perSecond(calls, contacts)}; of all rows of such calls ${perSecond(calls, all)}`)
      const row = (label: string, seconds: number): Row => ({
        what: `${calls} calls of a feed ${label}`,
        measured: perSecond(calls, seconds),
        yardstick: `COPY of the contacts alone ${perSecond(calls, contacts)}, of all their rows ${perSecond(calls, all)}`,
        ratio: `${ratio(contacts, seconds)}; ${ratio(all, seconds)} of all their rows`,
        target: `at least x${minCopyRate} of COPY into the same table`,
        isReached: contacts / seconds >= minCopyRate,
      })
      return [
        row('by file', byFile),
        row('over HTTP', byHttp),
        { what: 'database size per call, without the log’s Merkle tree', measured: `${Math.round(perCall)} bytes` },
      ]
    } finally {
      await role.stop()
    }
  } finally {
    await close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function databaseBytes(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes')
  return Number(rows[0]!.bytes)
}

const perSecond = (calls: number, seconds: number) => `${Math.round(calls / seconds)} a second`

async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1000
}

/** A call of the last month, one every 20 s, a tenth of them unanswered. */
function recordOf(kind: string, n: number): Record<string, string> {
  const start = Temporal.Instant.fromEpochMilliseconds(Date.now() - 3_600_000 - ((n * 20_000) % (28 * 86_400_000)))
  return {
    id: `${kind}-${n}`,
    start: start.toString(),
    answer: n % 10 === 0 ? '' : start.add({ seconds: 15 }).toString(),
    end: start.add({ seconds: 200 + (n % 100) }).toString(),
    // Two feeds that report the same caller at the same moment report one call.
    from: `+358${kind === 'f' ? 40 : 50}${1_000_000 + n}`,
    to: numbers[n % numbers.length]!,
    by: n % 10 === 0 ? '' : `029 512 ${String(1000 + (n % 500))}`,
  }
}

async function postAll(port: number, calls: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: senders })
  let next = 0
  await Promise.all(
    Array.from({ length: senders }, async () => {
      while (next < calls) await post(agent, port, JSON.stringify(recordOf('h', next++)))
    }),
  )
  agent.destroy()
}

function post(agent: Agent, port: number, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const outgoing = request({ agent, port, host: '127.0.0.1', method: 'POST', path: '/', headers }, (response) => {
      response.resume()
      response.on('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`the feed answered ${response.statusCode}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** Waits until this many calls are in the register with all their parts. */
async function untilContacts(pool: Pool, calls: number): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ n: number }>(
      'select count(*)::int as n from contact where ended_at is not null',
    )
    if (rows[0]!.n >= calls) return
    await wait(250)
  }
}

/** Returns the seconds that COPY into the filled tables takes: for as many contacts, and for every row of as many calls. */
async function copies(pool: Pool, calls: number): Promise<{ contacts: number; all: number }> {
  const file = (table: string) => `/tmp/seloste-bench-${table}-${randomUUID()}`
  const client = await pool.connect()
  let [contacts, all] = [0, 0]
  for (const table of rowsOf) {
    const path = file(table)
    const { rows } = await client.query<{ name: string }>(
      `select string_agg(quote_ident(attname), ', ' order by attnum) as name from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attidentity = ''`,
      [table],
    )
    const columns = rows[0]!.name
    // Other calls of the same shape: new ids, a day earlier.
    await client.query(`create temp table others as select ${columns} from ${table} limit ${calls}`)
    await client.query(newIds[table])
    await client.query(`copy others to '${path}'`)
    await client.query('drop table others')
    const seconds = await timed(async () => {
      await client.query(`copy ${table} (${columns}) from '${path}'`)
    })
    await rm(path)
    if (table === 'contact') contacts = seconds
    all += seconds
  }
  client.release()
  return { contacts, all }
}

/** SQL that changes the ids and times of the copied rows, so that they are other calls. */
const newIds: Record<(typeof rowsOf)[number], string> = {
  contact: `update others set id = gen_random_uuid(), started_at = started_at - interval '1 day 1 second'`,
  segment: `update others set id = gen_random_uuid(), contact_id = gen_random_uuid(), contact_started_at = contact_started_at - interval '1 day 1 second'`,
  call_identity: `update others set external_id_hash = sha256(external_id_hash), contact_id = gen_random_uuid()`,
  fed_segment: `update others set segment_id = gen_random_uuid(), contact_id = gen_random_uuid()`,
  audit_entry: `update others set object_id = gen_random_uuid(), salt = gen_random_uuid()`,
}
