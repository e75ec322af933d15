// Captures on several machines, queried by one desk over the database: numbers and flows of all, and the nodes that did
// not answer.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Counter, Registry } from 'prom-client'
import { afterAll, expect, test, vi } from 'vitest'
import type { Blockers } from '#platform/blockers/blockers.ts'
import { createCallFlows, type CallFlows } from '#capture/session/seen/call-flows.ts'
import { startMetrics } from '#platform/metrics/metrics.ts'
import { serveMetrics } from '#platform/metrics/share-metrics.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts } from '#test/database/people.ts'
import { openCaptures } from './captures.ts'
import { answerCallFlows, readCallFlows } from '../capture/call-flow-requests.ts'
import { measureDesk } from './desk-metrics.ts'
import { gatherMetrics } from './gather-metrics.ts'
import { startNodeHeartbeat } from '../capture/node-heartbeat.ts'

const noBlockers: Blockers = { raise: () => undefined, clear: () => undefined, list: () => [] }

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const db = database.as('seloste_desk').db
const faults: unknown[] = []
const onFault = (fault: unknown) => void faults.push(fault)
const captures = openCaptures({ db, databaseUrl: database.url('seloste_desk'), onFault })

function startNode(name: string, flows: CallFlows) {
  const metrics = startMetrics('capture', { node: name })
  const calls = new Counter({ name: 'calls_total', help: 'Calls', registers: [metrics.registry] })
  const node = startNodeHeartbeat({
    ...{ db: database.as('seloste_capture').db, databaseUrl: database.url('seloste_capture'), onFault },
    node: { id: randomUUID(), name, version: '1', startedAt: Temporal.Now.instant() },
    state: () => ({ draining: false, pressures: [], sessions: 0, recordings: 0, waiting: 0, blockers: [] }),
    answer: async (request) =>
      request === 'metrics' ? metrics.registry.getMetricsAsJSON() : answerCallFlows(flows, request),
    onEnded: () => undefined,
  })
  return { calls, metrics, stop: () => node.stop().then(metrics.stop) }
}

/** Creates call flows. Those of 200 sessions exceed the size of a notification. */
function createFlows(sessions: number): CallFlows {
  const flows = createCallFlows({ nowMs: () => Date.now(), uuid: randomUUID })
  for (let n = 0; n < sessions; n++) {
    const request = {
      dialog: { id: `d${n}`, source: { transport: 'udp' } },
      request: { headers: [], body: Buffer.alloc(0) },
      respond: () => true,
      onCancel: () => undefined,
    }
    void flows.watch({ onInvite: () => Promise.resolve() } as never).onInvite(request as never)
    flows.record(`d${n}`, callFacts())
  }
  return flows
}

const [northFlows, southFlows] = [createFlows(200), createFlows(1)]
const north = startNode('north', northFlows)
const south = startNode('south', southFlows)
const folder = await mkdtemp(join(tmpdir(), 'seloste-captures-'))
afterAll(async () => {
  await Promise.all([north.stop(), south.stop()])
  await captures.stop()
  await rm(folder, { recursive: true })
})
/** The desk has one connection and the captures share one, as all listeners of a process at one database URL do. */
const allListening = () =>
  expect
    .poll(
      async () =>
        (
          await pool.query(
            `select from pg_stat_activity where datname = current_database() and query ~ 'listen "seloste_(asked|told)"'`,
          )
        ).rowCount,
    )
    .toBe(2)

test('a desk lists the flows of all captures, each with its node, and reads a flow of any of them', async () => {
  await allListening()
  const reader = readCallFlows(captures)
  // Retries, because a busy machine may answer late.
  const list = await vi.waitFor(
    async () => {
      const answers = await reader.list()
      if (answers === 'no-answer' || answers.unanswered.length > 0) throw new Error('not all have answered')
      // A capture that has just started is known once it listens.
      for (const name of ['north', 'south'])
        if (!answers.flows.some(({ node }) => node === name)) throw new Error(`${name} is not known yet`)
      return answers
    },
    { timeout: 10_000 },
  )
  expect(list.flows.filter(({ node }) => node === 'north')).toHaveLength(200)
  const [southFlow] = list.flows.filter(({ node }) => node === 'south')
  expect(await reader.read(southFlow!.id)).toMatchObject({ id: southFlow!.id, node: 'south', leftOut: 0 })
  expect(await reader.read(randomUUID())).toBeUndefined()
})

test('one scrape has the metrics of this machine’s capture once, and those of other captures over the database', async () => {
  await allListening()
  north.calls.inc(3)
  south.calls.inc(4)
  const served = await serveMetrics(north.metrics.registry, join(folder, 'capture.sock'), noBlockers)
  const desk = startMetrics('desk')
  const received: unknown[] = []
  const from = { sockets: { capture: join(folder, 'capture.sock') }, db, captures }
  const scrape = () =>
    gatherMetrics(desk.registry, from, {
      process: (name, answers) => received.push([name, answers]),
      nodes: (nodes) => received.push(nodes),
    })
  const text = await scrape()
  expect(text).toContain('calls_total{process="capture",node="north"} 3')
  expect(text).toContain('calls_total{process="capture",node="south"} 4')
  expect(received).toEqual([
    ['capture', true],
    [
      { name: 'north', answers: true },
      { name: 'south', answers: true },
    ],
  ])
  // A node of the same name whose disk was lost is down; the capture that answers here is another node.
  const lost = randomUUID()
  await pool.query(
    `insert into capture_node select $1, name, version, started_at - interval '1 day', alive_at - interval '1 hour', steady_since, ended_at,
       draining, pressures, sessions, recordings, waiting from capture_node where name = 'north'`,
    [lost],
  )
  received.length = 0
  expect((await scrape()).match(/calls_total\{process="capture",node="north"\} 3/g)).toHaveLength(1)
  expect(received[1]).toEqual([
    { name: 'north', answers: false },
    { name: 'north', answers: true },
    { name: 'south', answers: true },
  ])
  const registry = new Registry()
  measureDesk(registry, { databaseAnswers: () => Promise.resolve(true), version: '1' }).nodes(received[1] as [])
  expect(await registry.metrics()).toContain('seloste_capture_node_up{of="north"} 0')
  await pool.query('delete from capture_node where id = $1', [lost])
  // The desk has lost the database: the capture on its own machine still answers.
  await pool.query('revoke execute on function capture_nodes() from seloste_desk')
  await pool.query('revoke select on capture_node from seloste_desk')
  const alone = await scrape()
  expect(alone).toContain('calls_total{process="capture",node="north"} 3')
  expect(alone).not.toContain('node="south"')
  await pool.query('grant execute on function capture_nodes() to seloste_desk')
  await pool.query('grant select (id, name, alive_at, ended_at) on capture_node to seloste_desk')
  await served.stop()
  desk.stop()
})

test('a capture that does not answer is named', async () => {
  await pool.query(
    `select capture_node_heartbeat(gen_random_uuid(), 'gone', '1', now(), '{"draining": false, "pressures": [], "sessions": 0, "recordings": 0, "waiting": 0}')`,
  )
  expect(await readCallFlows(captures).list()).toMatchObject({ unanswered: ['gone'] })
  expect(faults).toEqual([])
})
