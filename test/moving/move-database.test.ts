/** A register's database moved to another PostgreSQL: all of it or nothing, and only one of the two opens (R18, R52). */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConnection } from '#platform/database/copy.ts'
import { refuseQuarantined } from '#platform/database/quarantine.ts'
import type { RegisterTables } from '#register/tables.ts'
import { allTables } from '#safeguards/backup/export-tables.ts'
import { refuseOldServer } from '#safeguards/moving/target.ts'
import { assertMovable, finishMove } from '#safeguards/moving/move-database.ts'
import { openBackedUpRegister } from '../backup/open-backup.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { administer, moveTo, openTarget } from './open-move.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
const from = database.url()
let target: Awaited<ReturnType<typeof openTarget>>

beforeAll(async () => {
  target = await openTarget()
  await register.keep(3)
  await register.seal()
}, 60_000)
afterAll(() => target.stop())

/** Every row of every table, as PostgreSQL writes it, and where each sequence stands. */
async function contentOf(url: string): Promise<Record<string, string[]>> {
  const connection = await openConnection(url, 'test')
  const content: Record<string, string[]> = {}
  for (const { name, columns } of await allTables(connection)) {
    const rows = await connection.query<{ row: string }>(
      `select row(${columns.join(', ')})::text as row from public."${name}"`,
    )
    content[name] = rows.map(({ row }) => row).sort()
  }
  const sequences = await connection.query<{ line: string }>(
    `select sequencename || ' ' || coalesce(last_value, -1) as line from pg_sequences where schemaname = 'public' order by 1`,
  )
  content['sequences'] = sequences.map(({ line }) => line)
  await connection.close()
  return content
}

const isOpen = (url: string) =>
  refuseQuarantined(url).then(
    () => true,
    (error: { code?: string }) => error.code,
  )

test('what stands in the way is told before anything is changed', { timeout: 60_000 }, async () => {
  const to = await target.emptyDatabase()
  const wrong = to.replace(/:[^:@]+@/, ':wrong@')
  await expect(assertMovable({ from, to: wrong, told: 'it' })).rejects.toMatchObject({ code: 'move-target-refuses' })
  const none = createServer().listen(0, '127.0.0.1')
  await once(none, 'listening')
  const { port } = none.address() as { port: number }
  none.close()
  const away = `postgres://a:b@127.0.0.1:${port}/c`
  await expect(assertMovable({ from, to: away, told: 'it' })).rejects.toMatchObject({ code: 'move-target-away' })
  await expect(assertMovable({ from, to: from, told: 'it' })).rejects.toMatchObject({ code: 'move-target-not-empty' })
  await target.administer(`create role owner_of_it login createrole password 'x'`)
  const [name] = new URL(to).pathname.slice(1).split('?')
  await target.administer(`alter database ${name} owner to owner_of_it`)
  const theirs = target.urlFor('owner_of_it', 'x', name!)
  await expect(assertMovable({ from, to: theirs, told: 'it' })).rejects.toMatchObject({
    code: 'move-target-unfit',
    message: expect.stringContaining('grant set on parameter session_replication_role to owner_of_it') as string,
  })
  await target.administer('grant set on parameter session_replication_role to owner_of_it')
  await assertMovable({ from, to: theirs, told: 'it' })
  await administer(to, 'create table somebodys (x int)')
  await expect(assertMovable({ from, to, told: 'it' })).rejects.toMatchObject({ code: 'move-target-not-empty' })
  expect(() => refuseOldServer(140_012)).toThrow('PostgreSQL 14')
  refuseOldServer(150_000)
  expect(await isOpen(from)).toBe(true)
})

test(
  'whatever ends a move leaves the source as it was and in use, and the target closed; run again it goes on',
  { timeout: 120_000 },
  async () => {
    const to = await target.emptyDatabase()
    const before = await contentOf(from)
    const failing = moveTo(from, to, { whileClosed: () => Promise.reject(new Error('killed')) })
    await expect(failing).rejects.toThrow('killed')
    expect(await contentOf(from)).toEqual(before)
    expect([await isOpen(from), await isOpen(to)]).toEqual([true, 'database-quarantined'])
    await register.keep(1)
    await register.seal()

    // Between two rows of a table the target goes away: as where it is full, or its machine stops.
    const cut = moveTo(from, to, {
      onTable: ({ name }) => {
        if (name === 'audit_entry')
          void target.administer(
            `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'seloste-move' and datname <> 'postgres'`,
          )
      },
    })
    await expect(cut).rejects.toMatchObject({ code: 'move-target-away' })
    expect([await isOpen(from), await isOpen(to)]).toEqual([true, 'database-quarantined'])

    const now = await contentOf(from)
    const moved = await moveTo(from, to)
    expect(await contentOf(to)).toEqual(now)
    expect(moved.rows).toBe(
      Object.entries(now).reduce((sum, [name, rows]) => sum + (name === 'sequences' ? 0 : rows.length), 0),
    )
    expect(moved.heads.auditLog.leaves).toBeGreaterThan(0)
    expect(moved.heads.auditLog.root).toBe(moved.heads.auditLog.signed?.root)
    expect([await isOpen(from), await isOpen(to)]).toEqual(['database-moved', true])
    expect(await finishMove(from, to)).toBe(true)
    // What the roles may do there is what they may do here.
    const [may] = await administer<{ reads: boolean; writes: boolean }>(
      to,
      `select has_table_privilege('seloste_desk', 'recording_key', 'select') as reads,
       has_table_privilege('seloste_capture', 'recording', 'insert') as writes`,
    )
    expect(may).toEqual({ reads: false, writes: true })
    await administer(from, 'drop table register_moved')
  },
)

test(
  'nobody writes to the source once its rows have been read: what comes later fails and is tried elsewhere',
  { timeout: 60_000 },
  async () => {
    const to = await target.emptyDatabase()
    let late: Promise<unknown> | undefined
    await moveTo(from, to, {
      whileClosed: async () => {
        late = administer(from, `insert into unit (id, name) values (gen_random_uuid(), 'Late')`).then(
          () => 'written',
          (error: { code?: string }) => error.code ?? 'cut',
        )
        await new Promise((resolve) => setTimeout(resolve, 300))
      },
    })
    // 57P01: ended by an administrator.
    expect(await late).toBe('57P01')
    expect((await contentOf(to))['unit']).toEqual((await contentOf(from))['unit'])
    await administer(from, 'drop table register_moved')
  },
)

test(
  'a row that is another one there, or a right that only one of the two gives, is found',
  { timeout: 60_000 },
  async () => {
    const to = await target.emptyDatabase()
    await target.administer('create role seloste_surplus')
    await expect(moveTo(from, to)).rejects.toMatchObject({
      code: 'move-differs',
      message: expect.stringContaining('role seloste_surplus') as string,
    })
    await target.administer('drop role seloste_surplus')
    // The same trigger in both, which makes something else of a row in one.
    const trigger = `
      create function other() returns trigger language plpgsql as $$ begin
        if current_database() like 'target%' then new.name := new.name || '!'; end if; return new;
      end $$;
      create trigger other before insert on unit for each row execute function other();
      alter table unit enable always trigger other`
    for (const url of [from, to]) await administer(url, trigger)
    await administer(from, `insert into unit (id, name) values (gen_random_uuid(), 'Yksikkö')`)
    await expect(moveTo(from, to)).rejects.toMatchObject({
      code: 'move-differs',
      message: expect.stringContaining('the table unit') as string,
    })
    expect(await isOpen(from)).toBe(true)
  },
)
