import { createServer, connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { createBlockers, type Blockers } from '../blockers/blockers.ts'
import { connectDatabase, type Database } from './connect.ts'

const server = await createTestDatabase()
const answerMs = 300

/** A proxy to the database that can be stopped: it accepts connections, and forwards nothing. */
async function startStoppableProxy() {
  const url = new URL(server.url())
  const socketFolder = url.searchParams.get('host')
  const sockets = new Set<Socket>()
  let isStopped = false
  const proxy = createServer((near) => {
    const far =
      socketFolder === null
        ? connect(Number(url.port || 5432), url.hostname)
        : connect(join(socketFolder, '.s.PGSQL.5432'))
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => undefined)
      from.on('close', () => to.destroy())
      if (isStopped) from.pause()
    }
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  url.searchParams.delete('host')
  url.host = `127.0.0.1:${(proxy.address() as { port: number }).port}`
  return {
    url: url.href,
    stop() {
      isStopped = true
      for (const socket of sockets) socket.pause()
    },
    resume() {
      isStopped = false
      for (const socket of sockets) socket.resume()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

let proxy: Awaited<ReturnType<typeof startStoppableProxy>>
let blockers: Blockers
let database: Database<unknown>

beforeEach(async () => {
  proxy = await startStoppableProxy()
  blockers = createBlockers({
    now: () => Temporal.Now.instant(),
    log: { error: () => undefined, warn: () => undefined },
  })
  database = connectDatabase({
    ...{ url: proxy.url, applicationName: 'hanging', size: 2, answerMs, blockers },
    onIdleError: () => undefined,
  })
})
afterEach(async () => {
  await database.close()
  await proxy.close()
})

const query = () => sql`select 1`.execute(database.db)

test('a database that hangs is detected, pending queries fail, and later ones fail at once until it answers', async () => {
  await query()
  proxy.stop()
  const beganMs = performance.now()
  // Two queries have a connection, the others wait for one.
  const result = await Promise.allSettled([query(), query(), query(), query()])
  expect(result.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected'])
  expect(performance.now() - beganMs).toBeLessThan(5_000)
  expect(blockers.list()).toMatchObject([{ kind: 'database', code: 'database-hangs' }])
  const againMs = performance.now()
  await expect(query()).rejects.toMatchObject({ code: 'database-hangs' })
  await expect(database.pool.query('select 1')).rejects.toMatchObject({ code: 'database-hangs' })
  expect(performance.now() - againMs).toBeLessThan(100)
  proxy.resume()
  await expect
    .poll(
      () =>
        query().then(
          () => true,
          () => false,
        ),
      { timeout: 5_000 },
    )
    .toBe(true)
  expect(blockers.list()).toEqual([])
})

test.each([
  ['that was never reached', false],
  ['with connections that are idle', true],
])('closing does not wait for connections to a database that hangs, %s', async (_which, isReached) => {
  const ends: Promise<unknown>[] = []
  database.pool.on('connect', (client) => ends.push(new Promise((resolve) => client.once('end', resolve))))
  if (isReached) await Promise.all([query(), query()])
  expect(ends).toHaveLength(isReached ? 2 : 0)
  proxy.stop()
  const beganMs = performance.now()
  await expect(query()).rejects.toThrow()
  await database.close()
  expect(blockers.list()).toMatchObject([{ kind: 'database', code: 'database-hangs' }])
  await Promise.all(ends)
  // Two missing answers, and a poll each quarter of a second.
  expect(performance.now() - beganMs).toBeLessThan(2_500)
})

test('waiters for a connection fail with the hanging database as the reason while the pool is closed', async () => {
  proxy.stop()
  const beganMs = performance.now()
  const result = query().catch((error: unknown) => error)
  await wait(50)
  await database.close()
  expect(await result).toMatchObject({ code: 'database-hangs' })
  expect(performance.now() - beganMs).toBeLessThan(2_500)
})

test('a slow statement on a database that answers is not aborted', async () => {
  await expect(sql`select pg_sleep(1.2)`.execute(database.db)).resolves.toBeDefined()
  expect(blockers.list()).toEqual([])
})

test('an unreachable database is a blocker from the first failed connection to the next answer', async () => {
  await proxy.close()
  await expect(query()).rejects.toThrow()
  expect(blockers.list()).toMatchObject([{ kind: 'database', code: 'ECONNREFUSED' }])
  proxy = await startStoppableProxy()
})

test('a statement that failed for a full disk is a blocker for a while, because nothing reports that there is room again', async () => {
  const full = sql`do $$ begin raise exception 'no space' using errcode = '53100'; end $$`
  await expect(full.execute(database.db)).rejects.toThrow('no space')
  await query()
  expect(blockers.list()).toMatchObject([{ kind: 'disk', code: 'database-disk-full', about: 'database' }])
})
