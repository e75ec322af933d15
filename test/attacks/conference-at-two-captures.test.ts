/** Conferences in which each official has a session of their own, at one and at two captures, as processes (R8, R17, L18). */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedDescriptionFile } from '#description/read-description.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import type { RegisterTables } from '#register/tables.ts'
import { installDescription } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { shippedDescriptionText } from '../database/describe-from.ts'
import { enterTestPerson } from '../database/people.ts'
import { objectsUrl, testObjects } from '../objects/test-objects.ts'
import { numbersCalled, officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import { freshIdentifiers } from '../simulator/random.ts'
import { startRecordingClient } from '../simulator/recording-client.ts'
import { findPorts, type SelostePorts } from '../whole/free-ports.ts'

const main = fileURLToPath(new URL('../../src/app/cli/main.ts', import.meta.url))
const cache = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))
const database = await createTestDatabase<RegisterTables>()
const { db, pool } = database.as()
for (const name of ['aino', 'bertil'] as const)
  await enterTestPerson(db, database.as('seloste_desk').db, { name, phone: officialByKey(name).phone })
const names = ['north', 'south'] as const
type Name = (typeof names)[number]
const nodes = new Map<Name, { process: ChildProcess; ports: SelostePorts }>()
let root = ''

async function start(name: Name, ports: SelostePorts): Promise<void> {
  await mkdir(join(root, name), { recursive: true, mode: 0o700 })
  const capture = fork(main, ['start', '--role', 'capture'], {
    env: {
      ...process.env,
      ...{ NODE_COMPILE_CACHE: cache, SELOSTE_ROLE_DATABASE_URL: database.url('seloste_capture'), SELOSTE_NODE: name },
      ...{ SELOSTE_DATA: join(root, name), OBJECTS_URL: objectsUrl(await testObjects(join(root, 'objects'))) },
      SELOSTE_DRAW_KEY: join(root, 'draw.key'),
      SELOSTE_SIP: `127.0.0.1:${ports.sip}`,
      SELOSTE_SIPS: `127.0.0.1:${ports.sips}`,
      SELOSTE_RTP: `127.0.0.1:${ports.firstRtp}-${ports.lastRtp}`,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  })
  nodes.set(name, { process: capture, ports })
  await once(capture, 'message')
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'seloste-two-'))
  await mkdir(join(root, 'objects'), { mode: 0o700 })
  await writeFile(join(root, 'draw.key'), Buffer.alloc(32, 5), { mode: 0o600 })
  await installDescription(db, await shippedDescriptionText(), seedDescriptionFile)
  await pool.query(
    `insert into intake_batch (public_keys) select array_fill($1::text, array[64]) from generate_series(1, 64)`,
    [generateKeyPair().recipient],
  )
  // Shortens the time after which a node counts as down: ten seconds in production.
  await pool.query(
    `create or replace function node_timeout() returns interval language sql immutable as $$ select interval '3 seconds' $$`,
  )
  const [north, south] = [await findPorts(), await findPorts()]
  await Promise.all([start('north', north), start('south', south)])
})
afterAll(async () => {
  for (const { process: capture } of nodes.values()) {
    if (capture.exitCode !== null || capture.signalCode !== null) continue
    const gone = once(capture, 'exit')
    capture.kill('SIGTERM')
    await gone
  }
  await rm(root, { recursive: true, force: true, maxRetries: 5 })
})

/** Places a call in which each official has a session of their own at these captures, for so many seconds each. */
async function conference(
  caller: string,
  at: readonly [Name, Name],
  seconds: readonly [number, number],
): Promise<void> {
  const group = crypto.randomUUID()
  await Promise.all(
    (['aino', 'bertil'] as const).map(async (name, n) => {
      const server = { host: '127.0.0.1', port: nodes.get(at[n]!)!.ports.sip }
      let isFirst = true
      // The call's id is the first.
      const uuid = () => (isFirst ? ((isFirst = false), group) : crypto.randomUUID())
      const ids = { ...freshIdentifiers, uuid }
      const client = await startRecordingClient({ server, transport: 'udp' })
      // The second official joins a little later.
      await new Promise((resolve) => setTimeout(resolve, 300 * n))
      await placeCall({
        ...{ seed: name, caller, number: numbersCalled.testLine, official: officialByKey(name), seconds: seconds[n]! },
        ...{ record: 'hash', ids, client, server },
      })
      await client.close()
    }),
  )
}

interface Row {
  contact: string
  official: string
  node: Name
  state: string | null
  /** Size of the sealed sound. */
  bytes: number | null
  marks: string[]
}
async function segmentsOf(caller: string): Promise<Row[]> {
  const { rows } = await pool.query<Row>(
    `select c.id as contact, s.official_name as official, n.name as node, r.state, r.size_bytes as bytes, s.marks
     from contact c join segment s on s.contact_id = c.id left join capture_node n on n.id = s.node
     left join recording r on r.segment_id = s.id where c.caller_key = $1 order by s.seq`,
    [caller],
  )
  return rows
}

test.each([
  ['at one capture', '+358401280001', ['north', 'north']],
  ['at two captures, as the dispatcher spreads sessions', '+358401280002', ['north', 'south']],
] as const)(
  'a conference is recorded in neither official’s recording: %s',
  { timeout: 120_000 },
  async (_, caller, at) => {
    await conference(caller, at, [5, 4.7])
    await expect
      .poll(async () => (await segmentsOf(caller)).map(({ state }) => state), { timeout: 20_000 })
      .toEqual(['STORED', 'STORED'])
    const rows = await segmentsOf(caller)
    expect(new Set(rows.map(({ contact }) => contact)).size).toBe(1)
    // The first official is alone for 0.3 s and at the end. Five seconds of two streams are more than 80 kB.
    for (const { bytes } of rows) expect(Number(bytes)).toBeLessThan(50_000)
  },
)

test('is recorded again once the second official has left, at the other capture', { timeout: 120_000 }, async () => {
  const caller = '+358401280003'
  await conference(caller, ['north', 'south'], [6, 2.7])
  await expect
    .poll(async () => (await segmentsOf(caller)).map(({ state }) => state), { timeout: 20_000 })
    .toEqual(['STORED', 'STORED'])
  const [first] = await segmentsOf(caller)
  // Of six seconds, three are the first official's alone. Six seconds are more than 100 kB.
  expect(Number(first?.bytes)).toBeGreaterThan(35_000)
  expect(Number(first?.bytes)).toBeLessThan(90_000)
})
