// Promise: an attacker in capture hides no blocker, and delays neither the desk nor other captures (R21). The attack:
// endless, unrelated or malformed answers at its socket, in its heartbeat and over the database's channels.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { Gauge } from 'prom-client'
import { afterAll, expect, test, vi } from 'vitest'
import { startNodeHeartbeat } from '#app/capture/node-heartbeat.ts'
import { startStandstillAlarm } from '#app/custodian/jobs/standstill-alarm.ts'
import { openCaptures } from '#app/desk/captures.ts'
import { healthReader } from '#app/roles/read-health.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { listen } from '#platform/database/listen.ts'
import { makeLog } from '#platform/log/log.ts'
import { startMetrics } from '#platform/metrics/metrics.ts'
import { serveMetrics, readServedMetrics, readServedBlockers, writeMetrics } from '#platform/metrics/share-metrics.ts'
import { channelNameOf, recordHeartbeat } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'

const database = await createTestDatabase<RegisterTables>()
const capture = database.as('seloste_capture')
const { pool } = database.as()
const folder = await mkdtemp(join(tmpdir(), 'reports-'))
afterAll(() => rm(folder, { recursive: true }))
const onFault = (error: unknown) => void error
const idle = { draining: false, pressures: [], sessions: 0, recordings: 0, waiting: 0, blockers: [] }

async function sendHeartbeat(blockers: unknown): Promise<string> {
  const id = randomUUID()
  const state = JSON.stringify({ ...idle, blockers })
  await sql`select capture_node_heartbeat(${id}::uuid, 'north', '1', now(), ${state}::jsonb)`.execute(capture.db)
  return id
}
const health = () =>
  healthReader({
    db: database.as('seloste_desk').db,
    custodian: { blockers: async () => [], logKey: async () => 'unknown' },
    own: () => [],
    sockets: {},
  })()

/** Returns the longest time for which this process was blocked. */
async function longestPause(work: () => Promise<unknown>): Promise<number> {
  let [longestMs, last] = [0, performance.now()]
  const timer = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - last)
    last = performance.now()
  }, 10)
  await work()
  await wait(100)
  clearInterval(timer)
  return longestMs
}

test.each([
  [[{ kind: 'of-a-later-version', code: 'x', since: '2026-12-01T00:00:00Z' }]],
  [[{ kind: 'disk', code: 'x', since: 'then' }, 7, null]],
  [{}],
  ['x'],
])('whatever a capture reports (%j), a blocker elsewhere raises an alarm and is in health', async (reported) => {
  await pool.query('delete from capture_node; delete from alarm')
  await sendHeartbeat(reported)
  const { db, pool: custodians } = database.as('seloste_custodian')
  const since = Temporal.Now.instant().subtract({ minutes: 30 }).toString()
  const alarm = startStandstillAlarm({
    ...{ db, pool: custodians, clock: systemClock, onRaised: () => undefined, intervalMs: 100 },
    log: makeLog({ name: 'custodian', write: () => undefined, pretty: false }),
    blockers: () => [{ kind: 'object-store', code: 'EIO', since }],
  })
  // The alarm must be raised before the node counts as down.
  const alarms = async () => (await pool.query('select kind from alarm')).rows
  await expect.poll(alarms, { timeout: 6_000 }).toEqual([{ kind: 'standstill' }])
  await alarm.stop()
  expect(await health()).toMatchObject({ missing: expect.any(Array) as unknown[] })
})

test('an unknown blocker reported by a capture of a later version is shown in general words', async () => {
  await pool.query('delete from capture_node')
  await sendHeartbeat([{ kind: 'of-a-later-version', code: 'x', since: '2026-12-01T00:00:00Z' }])
  const { blockers } = await health()
  expect(blockers).toMatchObject([{ kind: 'other', of: 'capture north', standsStill: expect.any(String) as string }])
})

test.each(['without end', 'a byte now and then'])(
  'a capture that answers %s takes neither the desk’s time nor its memory',
  async (method) => {
    let [sentBytes, isOver] = [0, false]
    const part = Buffer.alloc(method === 'without end' ? 1 << 20 : 1, 0x20)
    const server = createServer((_request, answer) => {
      const more = async () => {
        while (!isOver && !answer.destroyed) {
          sentBytes += part.length
          if (!answer.write(part))
            await Promise.race([new Promise((resolve) => answer.once('drain', resolve)), wait(200)])
          if (method !== 'without end') await wait(200)
        }
        answer.end()
      }
      void more()
    }).listen(join(folder, 'endless.sock'))
    const read = readServedBlockers({ capture: join(folder, 'endless.sock') }).then(() => 'answered')
    const first = await Promise.race([read, wait(4_000, 'waits')])
    isOver = true
    server.closeAllConnections()
    server.close()
    expect(first).toBe('answered')
    expect(sentBytes).toBeLessThan(50_000_000)
  },
)

test('a capture cannot change the custodian’s metrics or add lines to them', async () => {
  const [desk, custodian] = [startMetrics('desk'), startMetrics('custodian')]
  const [name, help] = ['seloste_blockers', 'What stands still']
  new Gauge({ name, help, labelNames: ['kind'], registers: [custodian.registry] }).set({ kind: 'disk' }, 1)
  const [custodianSocket, captureSocket] = [join(folder, 'custodian.sock'), join(folder, 'capture.sock')]
  const offered = await serveMetrics(custodian.registry, custodianSocket, {
    raise: () => 0,
    clear: () => 0,
    list: () => [],
  })
  const labels = { kind: 'disk', process: 'custodian', 'x="1"} 9\n#': 'y' }
  const reported = [
    7,
    { name, help, type: 'gauge', aggregator: 'omit', values: [{ value: -1, labels }, null] },
    { name: 'a b', help, type: 'gauge', aggregator: 'sum', values: [] },
    { name: 'strangely', help, type: 'gauge', aggregator: 'none', values: [] },
    { name: 'more', help, type: 'gauge', aggregator: 'sum', values: [{ value: 1, metricName: name, labels }] },
  ]
  const server = createServer((_request, answer) => void answer.end(JSON.stringify(reported))).listen(captureSocket)
  const text = await writeMetrics(desk.registry, [
    ...(await readServedMetrics({ custodian: custodianSocket, capture: captureSocket })).values(),
  ])
  await offered.stop()
  server.close()
  desk.stop()
  custodian.stop()
  expect(text.split('\n').filter((line) => line.startsWith('seloste_blockers'))).toEqual([
    'seloste_blockers{kind="disk",process="custodian"} 1',
    'seloste_blockers{kind="disk",process="capture"} -1',
  ])
  expect(text).not.toContain('strangely')
})

test('a capture that answers with a fragment of a huge index does not block the desk', async () => {
  await pool.query('delete from capture_node')
  const id = await sendHeartbeat([])
  const captures = openCaptures({
    ...{ db: database.as('seloste_desk').db, databaseUrl: database.url('seloste_desk'), onFault },
  })
  const spy = listen({
    url: database.url('seloste_capture'),
    channels: ['seloste_asked'],
    onNotification: (_channel, payload) => {
      const { id: request, what } = JSON.parse(payload) as { id: string; what: string }
      if (what !== 'metrics') return
      const piece = { id: request, from: channelNameOf(id), place: 60_000_000, of: 60_000_001, part: 'x' }
      void sql`select pg_notify('seloste_told', ${JSON.stringify(piece)})`.execute(capture.db)
      void sql`select pg_notify('seloste_told', ${JSON.stringify({ ...piece, of: 1 })})`.execute(capture.db)
    },
  })
  try {
    await vi.waitFor(async () => expect((await captures.request('none')).expected).not.toEqual([]), { timeout: 20_000 })
    expect(await longestPause(() => captures.request('metrics'))).toBeLessThan(1_000)
  } finally {
    await Promise.all([captures.stop(), spy.stop()])
  }
})

test('a capture that floods another with requests delays neither its calls nor its heartbeat', async () => {
  const node = { id: randomUUID(), name: 'south', version: '1', startedAt: Temporal.Now.instant() }
  const { db } = database.as('seloste_capture')
  let answered = 0
  const heartbeat = startNodeHeartbeat({
    ...{ db, databaseUrl: database.url('seloste_capture'), node, state: () => idle, onFault, onEnded: onFault },
    answer: async () => {
      answered++
      return { x: randomUUID().repeat(5_000) }
    },
  })
  await recordHeartbeat(db, node, idle)
  const captures = openCaptures({
    ...{ db: database.as('seloste_desk').db, databaseUrl: database.url('seloste_desk'), onFault },
  })
  const isAnswered = async () => (await captures.request('metrics')).answers.has(node.id)
  try {
    await vi.waitFor(async () => expect(await isAnswered()).toBe(true), { timeout: 20_000 })
    const before = answered
    const flood = `select pg_notify('seloste_asked', jsonb_build_object('id', g::text, 'what', 'metrics', 'of', jsonb_build_array($1::text))::text)
      from generate_series(1, 3000) g`
    const pause = await longestPause(async () => {
      await capture.pool.query(flood, [channelNameOf(node.id)])
      await wait(2_000)
    })
    expect(answered - before).toBeLessThan(100)
    expect(pause).toBeLessThan(1_000)
    expect(await isAnswered()).toBe(true)
  } finally {
    await Promise.all([captures.stop(), heartbeat.stop()])
  }
}, 60_000)
