/** Two captures of one register, as processes: a client that records each call at both, a prohibition, and the death of one of them. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedDescriptionFile } from '#description/read-description.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { payloadNonceBytes } from '#platform/age/seal-stream.ts'
import { listNodeStatuses } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import { installDescription } from '#safeguards/versions/versions.ts'
import { metadataOf, openClient } from '../conformance/flows/recording-client.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { shippedDescriptionText } from '../database/describe-from.ts'
import { enterTestPerson } from '../database/people.ts'
import { objectsUrl, openTestObjects, testObjects } from '../objects/test-objects.ts'
import { numbersCalled, officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import { seedRandom } from '../simulator/random.ts'
import { findPorts, type SelostePorts } from '../whole/free-ports.ts'

const main = fileURLToPath(new URL('../../src/app/cli/main.ts', import.meta.url))
const cache = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))
const database = await createTestDatabase<RegisterTables>()
const { db, pool } = database.as()
const clerk = await enterTestPerson(db, database.as('seloste_desk').db, { name: 'Aino' })
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

/** Reports the same call to both captures, as a session border controller with two recorders does. */
function placeAtBoth(caller: string, seconds: number, signal?: AbortSignal) {
  return names.map((name) =>
    placeCall({
      ...{
        seed: caller,
        caller,
        number: numbersCalled.testLine,
        official: officialByKey('aino'),
        seconds,
        record: 'hash',
      },
      ids: seedRandom(caller),
      server: { host: '127.0.0.1', port: nodes.get(name)!.ports.sip },
      ...(signal && { signal }),
    }),
  )
}

interface Row {
  contact: string
  node: Name
  state: string | null
  recording: string | null
  packets: number | null
  marks: string[]
}
async function segmentsOf(caller: string): Promise<Row[]> {
  const { rows } = await pool.query<Row>(
    `select c.id as contact, n.name as node, r.state, r.id as recording, r.packets_received as packets, s.marks
     from contact c join segment s on s.contact_id = c.id left join capture_node n on n.id = s.node
     left join recording r on r.segment_id = s.id where c.caller_key = $1 order by s.seq`,
    [caller],
  )
  return rows
}
const waitUntilRecording = (caller: string) =>
  expect
    .poll(async () => (await segmentsOf(caller)).map(({ state }) => state), { timeout: 20_000 })
    .toEqual(['CAPTURING'])
/** Lists the bodies that contain sound, in the store and in the captures' folders of calls in progress. */
async function listBodies(): Promise<string[]> {
  const folders = names.map((name) => join(root, name, 'capture', 'recordings'))
  const found = await Promise.all([
    Array.fromAsync((await openTestObjects(join(root, 'objects'))).list('recordings/')),
    ...folders.map(async (folder) => {
      const files = await readdir(folder, { recursive: true })
      // Preallocated files for later calls contain only a nonce.
      const sizes = await Promise.all(files.map((name) => stat(join(folder, name)).catch(() => ({ size: 0 }))))
      return files.filter((_, n) => sizes[n]!.size > payloadNonceBytes)
    }),
  ])
  return found
    .flat()
    .filter((name) => name.endsWith('.body'))
    .map((name) => /[^/]+$/.exec(name)![0].replace('.body', ''))
}

test(
  'a call reported to both captures is stored once, a forbidden one nowhere, and the death of one capture loses nothing',
  { timeout: 120_000 },
  async () => {
    const [hangUp, hangUpForbidden] = [new AbortController(), new AbortController()]
    const [once_, forbidden, long] = ['+358401270001', '+358401270002', '+358401270003'] as const
    const forbade = placeAtBoth(forbidden, 1200, hangUpForbidden.signal)
    const ongoing = placeAtBoth(long, 1200, hangUp.signal)
    for (const caller of [forbidden, long]) await waitUntilRecording(caller)
    await expect.poll(async () => (await listBodies()).length, { timeout: 20_000 }).toBe(4)

    const [{ recording }] = (await segmentsOf(forbidden)) as [Row]
    // Enters a prohibition as the program does: one that waits for nothing destroys at once.
    await pool.query(`
      begin;
      insert into prohibition (recording_id, party, channel, entered_by) values ('${recording}', 'CALLER', 'CALL', '${clerk.id}');
      select settle_recording('${recording}');
      commit`)
    // The recording stops within seconds, also at the node whose recording the register does not have.
    await expect.poll(async () => (await listBodies()).length, { timeout: 3_000, interval: 50 }).toBe(2)
    hangUpForbidden.abort()
    await Promise.all(forbade)

    await Promise.all(placeAtBoth(once_, 2))
    await expect
      .poll(async () => (await segmentsOf(once_)).map(({ state }) => state), { timeout: 20_000 })
      .toEqual(['STORED'])

    // Kills the node with the long call.
    const [{ node: dead }] = (await segmentsOf(long)) as [Row]
    const { process: killed, ports } = nodes.get(dead)!
    const exited = once(killed, 'exit')
    process.kill(killed.pid!, 'SIGKILL')
    await exited
    const other = names.find((name) => name !== dead)!
    await expect
      .poll(async () => (await segmentsOf(long)).map(({ node }) => node), { timeout: 30_000 })
      .toEqual([dead, other])
    expect((await listNodeStatuses(db)).map(({ name, state }) => [name, state]).sort()).toEqual(
      [
        [dead, 'silent'],
        [other, 'takes-calls'],
      ].sort(),
    )

    // Restarts the node, which then reports what it has. Its client noticed nothing.
    await start(dead, ports)
    hangUp.abort()
    const sent = await Promise.all(ongoing)
    await expect
      .poll(async () => (await segmentsOf(long)).slice(0, 2).map(({ state }) => state), { timeout: 30_000 })
      .toEqual(['STORED', 'STORED'])
    const [first, second] = (await segmentsOf(long)) as [Row, Row]
    expect(first.marks).toContain('end-inferred')
    expect(second.marks).not.toContain('end-inferred')
    const packets = sent[names.indexOf(other)]!.sessions[0]!.streams.reduce(
      (sum, { counts }) => sum + counts.packets,
      0,
    )
    expect(second.packets).toBe(packets)

    // Each call is one contact, and every body belongs to a recording of the register.
    await expect
      .poll(async () => [...new Set(await listBodies()).symmetricDifference(new Set(await listRegistered()))], {
        timeout: 30_000,
      })
      .toEqual([])
    for (const caller of [once_, forbidden, long])
      expect(new Set((await segmentsOf(caller)).map(({ contact }) => contact)).size).toBe(1)
  },
)

test(
  'a call whose number is reported to one recorder only is one contact with one segment and one draw',
  { timeout: 60_000 },
  async () => {
    const caller = '+358401270004'
    const metadata = metadataOf({
      participants: [
        { id: 'caller', aor: `sip:${caller}@trunk.example.net`, label: '1' },
        { id: 'official', aor: `sip:${officialByKey('aino').phone}@agency.example.fi`, label: '2' },
      ],
      more: '<group group_id="Z3JvdXAtb2YtYm90aA=="></group>',
    })
    const clients = await Promise.all(names.map((name) => openClient(nodes.get(name)!.ports.sip, {})))
    const [north, south] = clients as [(typeof clients)[0], (typeof clients)[0]]
    const headers = { Diversion: `<sip:${numbersCalled.testLine}@agency.example.fi>` }
    await south.invite({ sdp: true, metadata })
    const { ports } = await north.invite({ sdp: true, metadata, headers })
    await expect.poll(async () => (await segmentsOf(caller)).map(({ node }) => node)).toEqual(['north'])
    await north.speak(ports, 50)
    await south.bye()
    await north.bye()
    await expect
      .poll(async () => (await segmentsOf(caller)).map(({ state }) => state), { timeout: 20_000 })
      .toEqual(['STORED'])
    for (const { stop } of clients) stop()
    // Nothing of the call is pending at the other node.
    await expect
      .poll(async () => (await listNodeStatuses(db)).map(({ waiting }) => waiting), { timeout: 20_000 })
      .toEqual([0, 0])
    const { rows } = await pool.query(
      `select c.number_called as number, s.decision_reason as reason, s.draw is not null as drawn
       from contact c join segment s on s.contact_id = c.id where c.caller_key = $1`,
      [caller],
    )
    expect(rows).toEqual([{ number: numbersCalled.testLine, reason: 'drawn', drawn: true }])
  },
)

async function listRegistered(): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(`select id from recording where state = 'STORED'`)
  return rows.map(({ id }) => id)
}
