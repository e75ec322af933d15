/**
 * Moving a register's database to another PostgreSQL: it is moved completely or not at all, and only one of the two
 * opens (R18, R52).
 */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConnection } from '#platform/database/copy.ts'
import { refuseQuarantined } from '#platform/database/quarantine.ts'
import type { RegisterTables } from '#register/tables.ts'
import { allTables } from '#safeguards/backup/export-tables.ts'
import { refuseOldServer, emptyDatabase } from '#safeguards/moving/target.ts'
import { assertMovable, finishMove, lockMove } from '#safeguards/moving/move-database.ts'
import { openBackedUpRegister } from '../backup/open-backup.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { administer, moveTo, openTarget, unmarkMove } from './open-move.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
const from = database.url()
let target: Awaited<ReturnType<typeof openTarget>>

beforeAll(async () => {
  target = await openTarget()
  await register.makeRecordings(3)
  await register.seal()
}, 60_000)
afterAll(() => target.stop())

/** Returns every row of every table as PostgreSQL writes it, and the value of each sequence. */
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

test('reports obstacles before it changes anything', { timeout: 60_000 }, async () => {
  const to = await target.emptyDatabase()
  const wrong = to.replace(/:[^:@]+@/, ':wrong@')
  await expect(assertMovable({ from, to: wrong, location: 'it' })).rejects.toMatchObject({
    code: 'move-target-refuses',
  })
  const none = createServer().listen(0, '127.0.0.1')
  await once(none, 'listening')
  const { port } = none.address() as { port: number }
  none.close()
  const unreachable = `postgres://a:b@127.0.0.1:${port}/c`
  await expect(assertMovable({ from, to: unreachable, location: 'it' })).rejects.toMatchObject({
    code: 'move-target-away',
  })
  await expect(assertMovable({ from, to: from, location: 'it' })).rejects.toMatchObject({
    code: 'move-target-not-empty',
  })
  await target.administer(`create role owner_of_it login createrole password 'x'`)
  const [name] = new URL(to).pathname.slice(1).split('?')
  await target.administer(`alter database ${name} owner to owner_of_it`)
  const urlOfOtherOwner = target.urlFor('owner_of_it', 'x', name!)
  await expect(assertMovable({ from, to: urlOfOtherOwner, location: 'it' })).rejects.toMatchObject({
    code: 'move-target-unfit',
    message: expect.stringContaining('grant set on parameter session_replication_role to owner_of_it') as string,
  })
  await target.administer('grant set on parameter session_replication_role to owner_of_it')
  await assertMovable({ from, to: urlOfOtherOwner, location: 'it' })
  await target.administer(`create database of_bytes encoding 'UTF8' locale 'C' locale_provider libc template template0`)
  const ofBytes = to.replace(name!, 'of_bytes')
  await expect(assertMovable({ from, to: ofBytes, location: 'it' })).rejects.toMatchObject({
    code: 'move-target-unfit',
    message: expect.stringContaining('Ä and ä') as string,
  })
  await administer(to, 'create table somebodys (x int)')
  await expect(assertMovable({ from, to, location: 'it' })).rejects.toMatchObject({ code: 'move-target-not-empty' })
  expect(() => refuseOldServer(140_012)).toThrow('PostgreSQL 14')
  refuseOldServer(150_000)
  expect(await isOpen(from)).toBe(true)
})

test(
  'an interrupted move leaves the source unchanged and in use, and the target closed, and continues when it is run again',
  { timeout: 120_000 },
  async () => {
    const to = await target.emptyDatabase()
    const before = await contentOf(from)
    const failing = moveTo(from, to, { whileClosed: () => Promise.reject(new Error('killed')) })
    await expect(failing).rejects.toThrow('killed')
    expect(await contentOf(from)).toEqual(before)
    expect([await isOpen(from), await isOpen(to)]).toEqual([true, 'database-quarantined'])
    await register.makeRecordings(1)
    await register.seal()

    // Makes the target fail between two rows of a table, as if its disk were full or its machine stopped.
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
    expect(await finishMove(from, to, 'the target')).toBe(true)
    await expect(finishMove(from, to, 'another')).rejects.toMatchObject({ code: 'database-moved' })
    await expect(finishMove(from, to, 'another')).rejects.toMatchObject({ code: 'database-moved' })
    // The roles have the same rights in the target as in the source.
    const [rightsInTarget] = await administer<{ reads: boolean; writes: boolean }>(
      to,
      `select has_table_privilege('seloste_desk', 'recording_key', 'select') as reads,
       has_any_column_privilege('seloste_capture', 'segment', 'insert') as writes`,
    )
    expect(rightsInTarget).toEqual({ reads: false, writes: true })
    await unmarkMove(from)
  },
)

test(
  'nobody can write to the source once its rows have been read, so that later writes fail and are retried elsewhere',
  { timeout: 60_000 },
  async () => {
    const to = await target.emptyDatabase()
    let late: Promise<unknown> | undefined
    const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into unit %Late%'`
    await moveTo(from, to, {
      whileClosed: async () => {
        late = administer(from, `insert into unit (id, name) values (gen_random_uuid(), 'Late')`).then(
          () => 'written',
          (error: { code?: string }) => error.code ?? 'cut',
        )
        await expect.poll(() => administer(from, waiting)).toHaveLength(1)
      },
    })
    // 57P01: the connection was terminated by an administrator.
    expect(await late).toBe('57P01')
    expect((await contentOf(to))['unit']).toEqual((await contentOf(from))['unit'])
    await unmarkMove(from)
  },
)

test(
  'finds a row that differs in the target, or a right that only one of the two databases grants',
  { timeout: 60_000 },
  async () => {
    const to = await target.emptyDatabase()
    await target.administer('create role seloste_surplus')
    await expect(moveTo(from, to)).rejects.toMatchObject({
      code: 'move-differs',
      message: expect.stringContaining('role seloste_surplus') as string,
    })
    await target.administer('drop role seloste_surplus')
    // Makes the same trigger in both, which changes a row in one of them only.
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
    await administer(from, 'drop trigger other on unit; drop function other')
  },
)

test(
  'settings of administrators for their sessions neither stop a move nor make equal rows differ',
  { timeout: 60_000 },
  async () => {
    const to = await target.emptyDatabase()
    const [here, there] = [from, to].map((url) => new URL(url).pathname.slice(1))
    await target.administer(`alter database ${there} set bytea_output = 'escape'`)
    const limits = ['idle_in_transaction_session_timeout', 'statement_timeout', 'lock_timeout']
    for (const limit of limits) await administer(from, `alter database ${here} set ${limit} = '400ms'`)
    await moveTo(from, to, { whileClosed: () => wait(900) })
    expect([await isOpen(from), await isOpen(to)]).toEqual(['database-moved', true])
    await unmarkMove(from)
    for (const limit of limits) await administer(from, `alter database ${here} reset ${limit}`)
  },
)

test('a role that was started unnoticed cannot write to the source after the move', { timeout: 60_000 }, async () => {
  const to = await target.emptyDatabase()
  await moveTo(from, to)
  const late = administer(from, `insert into unit (id, name) values (gen_random_uuid(), 'Late')`)
  await expect(late).rejects.toMatchObject({ code: '25006' })
  expect(await isOpen(from)).toBe('database-moved')
  await unmarkMove(from)
})

test('only one move of a register runs at a time', async () => {
  const [one, other] = [await openConnection(from, 'seloste-move'), await openConnection(from, 'seloste-move')]
  await lockMove(one)
  await expect(lockMove(other)).rejects.toMatchObject({ code: 'move-not-held' })
  await one.close()
  await expect
    .poll(() =>
      lockMove(other).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
  await other.close()
})

test(
  'a target that is abandoned is empty again; only what the move created is removed',
  { timeout: 240_000 },
  async () => {
    const to = await target.emptyDatabase()
    const empty = async (url: string) => {
      const connection = await openConnection(url, 'test')
      return emptyDatabase(connection).finally(() => connection.close())
    }
    expect(await empty(to)).toBeUndefined()
    await expect(moveTo(from, to, { whileClosed: () => Promise.reject(new Error('killed')) })).rejects.toThrow('killed')
    expect(await empty(to)).toBeGreaterThan(50)
    const left = await administer(
      to,
      `select oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace
     union all select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace
     union all select typname from pg_type where typnamespace = 'public'::regnamespace`,
    )
    expect(left).toEqual([])
    await moveTo(from, to)
    expect(await empty(to)).toBeUndefined()
    await unmarkMove(from)
  },
)
