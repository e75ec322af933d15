/**
 * Calls whose sessions are at two captures, as processes: conferences in which each official has a session of their own
 * (R8, R17, L18), and voices with a session each.
 */
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
import { inDialog, openSpeaker, written } from '../conformance/sip/wired-recorder.ts'
import { numbersCalled, officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import { freshIdentifiers } from '../simulator/random.ts'
import { startRecordingClient } from '../simulator/recording-client.ts'
import { findPorts, type SelostePorts } from '../whole/free-ports.ts'
import { openPeer } from './loopback-recorder.ts'

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
    const exited = once(capture, 'exit')
    capture.kill('SIGTERM')
    await exited
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
      // The first UUID is the id of the call, which both sessions have.
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

test(
  'a call is recorded again once the second official has left, at the other capture',
  { timeout: 120_000 },
  async () => {
    const caller = '+358401280003'
    await conference(caller, ['north', 'south'], [6, 2.7])
    await expect
      .poll(async () => (await segmentsOf(caller)).map(({ state }) => state), { timeout: 20_000 })
      .toEqual(['STORED', 'STORED'])
    const [first] = await segmentsOf(caller)
    // Of six seconds, three are the first official's alone. Six seconds are more than 100 kB.
    expect(Number(first?.bytes)).toBeGreaterThan(35_000)
    expect(Number(first?.bytes)).toBeLessThan(90_000)
  },
)

/** Opens the session of one voice of Cisco's built-in bridge at a capture. */
async function openVoice(end: 'near' | 'far', at: Name, mediaPort: number) {
  const peer = await openPeer('127.0.0.1', nodes.get(at)!.ports.sip)
  const changes = {
    ...{ 'SIP/2.0/TCP 192.0.2.10:5060': `SIP/2.0/UDP 127.0.0.1:${peer.port}`, '029497000': '029497099' },
    '0295121001@192.0.2.40:5060;transport=tcp': `0295121001@127.0.0.1:${peer.port}`,
    ...{ '192.0.2.42': '127.0.0.1', 'm=audio 24000': `m=audio ${mediaPort}`, 'm=audio 24004': `m=audio ${mediaPort}` },
  }
  const opening = written(`cucm-${end}-end`, changes)
  const answer = await peer.exchange(opening)
  expect(answer.status).toBe(200)
  const ack = written(`cucm-${end}-end-ack`, changes).replace(/^To: .*$/m, `To: ${answer.to}`)
  await peer.send(ack)
  const speaker = await openSpeaker(mediaPort, end === 'near' ? 100 : 200, '127.0.0.1', [0x11])
  return {
    speak: () => speaker.speak(answer.ports.slice(0, 1), 1),
    async bye() {
      await peer.exchange(inDialog(opening, 'BYE', answer.to, 999))
      speaker.close()
      peer.close()
    },
  }
}

test(
  'two voices with a session each, at two captures, are both kept, and marked for review',
  { timeout: 120_000 },
  async () => {
    const { firstRtp } = await findPorts()
    const voices = [await openVoice('near', 'north', firstRtp), await openVoice('far', 'south', firstRtp + 4)]
    for (let n = 0; n < 100; n++) {
      for (const voice of voices) await voice.speak()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await Promise.all(voices.map((voice) => voice.bye()))
    const parts = async () =>
      (
        await pool.query(
          `select n.name as node, r.state, r.packets_received as packets, s.marks from contact c join segment s on s.contact_id = c.id
         join capture_node n on n.id = s.node join recording r on r.segment_id = s.id where c.caller_key = '+358401234567' order by n.name`,
        )
      ).rows as unknown[]
    const voicePart = { state: 'STORED', packets: 100, marks: ['needs-review'] }
    await expect.poll(parts, { timeout: 60_000 }).toEqual([
      { node: 'north', ...voicePart },
      { node: 'south', ...voicePart },
    ])
  },
)
