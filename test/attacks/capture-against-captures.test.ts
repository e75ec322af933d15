// Attacks by one capture on the others, whose database role it shares (R13, R46).
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { zstdCompressSync } from 'node:zlib'
import { afterAll, expect, test, vi } from 'vitest'
import { describeNodes } from '#app/cli/nodes.ts'
import { withoutEscapes } from '#app/cli/print-without-escapes.ts'
import { startNodeHeartbeat } from '#app/capture/node-heartbeat.ts'
import { openCaptures } from '#app/desk/captures.ts'
import { listen } from '#platform/database/listen.ts'
import { migrate } from '#platform/database/migrate.ts'
import { expectedProtections, findProtectionProblems } from '#platform/database/protections.ts'
import { recordHeartbeat, listNodeStatuses } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openDestructionDesk } from '#test/ends/open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const owner = database.as()
const capture = database.as('seloste_capture')
const idle = { draining: false, pressures: [], sessions: 0, recordings: 0, waiting: 0, blockers: [] }
const onFault = () => undefined
afterAll(() => owner.pool.query(`alter role seloste_capture in database ${database.name} reset all`))

test('a capture ends no connection of another', async () => {
  const another = await capture.pool.connect()
  try {
    const { rows } = await another.query<{ pid: number }>('select pg_backend_pid() as pid')
    for (const act of ['pg_terminate_backend', 'pg_cancel_backend'])
      await expect(database.as('seloste_capture').pool.query(`select ${act}($1)`, [rows[0]!.pid])).rejects.toThrow(
        'permission denied',
      )
    await expect(another.query('select 1')).resolves.toBeDefined()
  } finally {
    another.release()
  }
})

test('defaults that a capture sets for its role are reported, and removed at the next start', async () => {
  const roles = ['seloste_capture', 'seloste_custodian', 'seloste_desk']
  const problems = async () =>
    (await findProtectionProblems(owner.db, roles, await expectedProtections())).map(({ name }) => name)
  expect(await problems()).toEqual([])
  for (const set of ['default_transaction_read_only = on', `statement_timeout = '1ms'`])
    await capture.pool.query(`alter role seloste_capture in database ${database.name} set ${set}`)
  expect(await problems()).toEqual([
    'setting default_transaction_read_only of seloste_capture',
    'setting statement_timeout of seloste_capture',
  ])
  await migrate(database.url())
  expect(await problems()).toEqual([])
})

test('desks accept a node’s answer only from that node', async () => {
  await owner.pool.query('delete from capture_node')
  const node = { id: randomUUID(), name: 'north', version: '1', startedAt: Temporal.Now.instant() }
  const heartbeat = startNodeHeartbeat({
    ...{
      db: capture.db,
      databaseUrl: database.url('seloste_capture'),
      node,
      state: () => idle,
      onFault,
      onEnded: onFault,
    },
    answer: () => wait(100, { failing: 7 }),
  })
  await recordHeartbeat(capture.db, node, idle)
  const part = zstdCompressSync(JSON.stringify({ failing: 0 })).toString('base64')
  let forged = 0
  const attacker = listen({
    url: database.url('seloste_capture'),
    channels: ['seloste_asked', 'seloste_told'],
    onNotification(channel, payload) {
      const { id, of, from, mac } = JSON.parse(payload) as { id: string; of: string[]; from?: string; mac?: string }
      if (channel === 'seloste_told' && from === 'forged') return
      const names = channel === 'seloste_asked' ? of : []
      for (const name of names) {
        forged++
        for (const signature of [{}, { mac: 'x' }, { mac: mac ?? '' }]) {
          const answer = { id, from: name, place: 0, of: 1, part, ...signature }
          void capture.pool.query('select pg_notify($1, $2)', ['seloste_told', JSON.stringify(answer)])
        }
      }
    },
    onBroken: onFault,
  })
  const captures = openCaptures({
    ...{ db: database.as('seloste_desk').db, databaseUrl: database.url('seloste_desk'), onFault },
  })
  try {
    await vi.waitFor(
      async () => {
        const { answers } = await captures.request('metrics')
        expect(forged).toBeGreaterThan(0)
        expect(answers.get(node.id)).toEqual({ failing: 7 })
      },
      { timeout: 20_000 },
    )
  } finally {
    await Promise.all([heartbeat.stop(), captures.stop(), attacker.stop()])
  }
})

test('no line about a capture contains terminal control characters, and they are removed from other output', async () => {
  const escape = '\u001B[2K\r'
  await recordHeartbeat(
    capture.db,
    { id: randomUUID(), name: 'south', version: '1', startedAt: Temporal.Now.instant() },
    { ...idle, pressures: [`${escape}north  accepts new sessions`] },
  )
  const lines = describeNodes(await listNodeStatuses(owner.db))
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) expect(line).not.toMatch(/\p{Cc}/u)
  expect(withoutEscapes(`a\u009Bb\u202Ec${escape}\n\td`)).toBe('abc[2K\n\td')
})

test('notifications of a confirmed clock start one sweep a minute at most', async () => {
  let sweeps = 0
  await ends.startCustodian(async () => void sweeps++)
  try {
    await vi.waitFor(
      async () => {
        await capture.pool.query(`select pg_notify('seloste_ends', 'clock') from generate_series(1, 3)`)
        expect(sweeps).toBe(1)
      },
      { timeout: 20_000 },
    )
    for (let times = 0; times < 20; times++) await capture.pool.query(`select pg_notify('seloste_ends', 'clock')`)
    await wait(2_000)
    expect(sweeps).toBe(1)
  } finally {
    await ends.stopCustodian()
  }
})
