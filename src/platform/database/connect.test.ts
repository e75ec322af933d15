import { sql } from 'kysely'
import { Client } from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { connectDatabase, inSession, withTransaction } from './connect.ts'

type Tables = { thing: { id: number; at: Temporal.Instant; day: Temporal.PlainDate | null } }

const database = await createTestDatabase<Tables>()
const { db, pool } = database.as()

beforeAll(async () => {
  await sql`create table thing (id bigint primary key, at timestamptz not null, day date)`.execute(db)
})

test('an instant is stored and read unchanged, to the microsecond', async () => {
  const at = Temporal.Instant.from('2026-10-25T00:59:59.123456Z')
  await db
    .insertInto('thing')
    .values({ id: 1, at, day: Temporal.PlainDate.from('2026-10-25') })
    .execute()
  const found = await db.selectFrom('thing').selectAll().where('at', '=', at).executeTakeFirstOrThrow()
  expect(found.at.toString()).toBe('2026-10-25T00:59:59.123456Z')
  expect(found.day?.toString()).toBe('2026-10-25')
  expect(found.id).toBe(1)
})

test('instants are stored and read in arrays and plain queries as well', async () => {
  const at = [Temporal.Instant.from('2026-01-01T00:00:00Z'), Temporal.Instant.from('1912-01-01T00:00:00Z')]
  const { rows } = await pool.query<{ at: (Temporal.Instant | null)[] }>(
    'select array_append($1::timestamptz[], null) as at',
    [at],
  )
  expect(rows[0]?.at.map((instant) => instant?.toString())).toEqual([
    '2026-01-01T00:00:00Z',
    '1912-01-01T00:00:00Z',
    undefined,
  ])
})

test('no query is compiled (JIT), whatever the server’s setting', async () => {
  const { rows } = await pool.query<{ jit: string }>('show jit')
  expect(rows).toEqual([{ jit: 'off' }])
})

test('a time zone and a date style set by the owner for the database and its roles change no instant, and no month of the history', async () => {
  for (const target of [`database ${database.name}`, `role seloste_desk in database ${database.name}`]) {
    await pool.query(`alter ${target} set timezone = 'Pacific/Auckland'`)
    await pool.query(`alter ${target} set datestyle = 'SQL, DMY'`)
  }
  const options = { url: database.url('seloste_desk'), applicationName: 'zones', size: 1, onIdleError: () => undefined }
  const desk = connectDatabase(options)
  const { rows } = await desk.pool.query(
    `select current_setting('timezone') as zone, '2026-12-31 23:30Z'::timestamptz::date::text as day`,
  )
  await desk.close()
  expect(rows).toEqual([{ zone: 'UTC', day: '2026-12-31' }])
  // Migrations connect directly, and create months.
  const plain = new Client({ connectionString: database.url() })
  await plain.connect()
  expect((await plain.query('show timezone')).rows).toEqual([{ TimeZone: 'Pacific/Auckland' }])
  await plain.query("select ensure_partitions('2031-03-01', '2031-04-01')")
  await plain.end()
  const { rows: months } = await pool.query<{ bounds: string }>(
    "select pg_get_expr(relpartbound, oid) as bounds from pg_class where relname in ('contact_2031_03', 'contact_2031_04') order by relname",
  )
  const [march, april, may] = ['2031-03-01', '2031-04-01', '2031-05-01'].map((day) => `('${day} 00:00:00+00')`)
  expect(months.map(({ bounds }) => bounds)).toEqual([
    `FOR VALUES FROM ${march} TO ${april}`,
    `FOR VALUES FROM ${april} TO ${may}`,
  ])
})

test('a value that TypeScript cannot represent is read as the nearest limit, and stops no query', async () => {
  const { rows } = await pool.query(`
    select 9007199254740991::int8 as n, (-9223372036854775808)::int8 as low, '{9223372036854775807}'::int8[] as ns,
      'infinity'::timestamptz as late, array['-infinity', '4000-01-01 BC', '1999-01-01Z']::timestamptz[] as instants,
      array['infinity', '-infinity', '12000-01-01', '1999-01-01']::date[] as days`)
  expect(JSON.parse(JSON.stringify(rows[0]))).toEqual({
    n: Number.MAX_SAFE_INTEGER,
    low: Number.MIN_SAFE_INTEGER,
    ns: [Number.MAX_SAFE_INTEGER],
    late: '2900-01-01T00:00:00Z',
    instants: ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '1999-01-01T00:00:00Z'],
    days: ['2900-01-01', '1970-01-01', '2900-01-01', '1999-01-01'],
  })
})

test('the settings of a session are in force in its transaction only', async () => {
  const single = connectDatabase<Tables>({ url: database.url(), applicationName: 't', size: 1, onIdleError: () => 0 })
  const read = sql<{ value: string | null }>`select current_setting('seloste.session', true) as value`
  const inside = await inSession(single.db, { 'seloste.session': "it's", 'seloste.role': 'x' }, (transaction) =>
    read.execute(transaction),
  )
  const outside = await read.execute(single.db)
  expect(inside.rows[0]?.value).toBe("it's")
  expect(outside.rows[0]?.value ?? '').toBe('')
  await single.close()
})

test('a transaction that throws leaves nothing behind', async () => {
  const at = Temporal.Instant.from('2026-01-01T00:00:00Z')
  const failing = withTransaction(db, async (transaction) => {
    await transaction.insertInto('thing').values({ id: 2, at, day: null }).execute()
    throw new Error('changed my mind')
  })
  await expect(failing).rejects.toThrow('changed my mind')
  expect(await db.selectFrom('thing').select('id').where('id', '=', 2).execute()).toEqual([])
})

test('a connection closed while idle is reported, and the next query gets another', async () => {
  const errors: Error[] = []
  const cut = connectDatabase<Tables>({
    url: database.url(),
    applicationName: 'cut',
    size: 1,
    onIdleError: (error) => errors.push(error),
  })
  const { rows } = await cut.pool.query<{ pid: number }>('select pg_backend_pid() as pid')
  await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
  await expect.poll(() => errors.length).toBe(1)
  await cut.pool.query('select 1')
  await cut.close()
})

test('the configured number of idle connections stays open, and the others are closed', async () => {
  const connection = connectDatabase<Tables>({
    url: database.url(),
    applicationName: 'kept',
    maxIdle: 1,
    onIdleError: () => undefined,
  })
  await Promise.all([1, 2, 3].map(() => connection.pool.query('select pg_sleep(0.2)')))
  const open = async () =>
    (await pool.query('select from pg_stat_activity where application_name = $1', ['kept'])).rowCount
  expect(await open()).toBe(3)
  await expect.poll(open).toBe(1)
  await connection.close()
})

test('a connection that breaks between two queries of a transaction fails only that transaction', async () => {
  const lent = await pool.connect()
  const { rows } = await lent.query<{ pid: number }>('select pg_backend_pid() as pid')
  // Handled only by the pool's own listener for lent connections: without it this run ends with an uncaught exception.
  const ended = new Promise((resolve) => lent.once('end', resolve))
  await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(db)
  await ended
  await expect(lent.query('select 1')).rejects.toThrow()
  lent.release()
  expect((await pool.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }])
})
