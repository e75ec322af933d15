// Capture receives prohibitions (R49) at once, and catches up on missed ones.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createQuotaCounts } from '#capture/session/register/quota-counts.ts'
import { createRecorder, type Recorder } from '#capture/session/recorder.ts'
import { admitTo } from '#capture/session/register/admit-facts.ts'
import { openSpool } from '#capture/session/recovery/spool.ts'
import { createPortAllocator } from '#capture/rtp/allocate-ports.ts'
import { readShippedDescription } from '#test/database/describe-from.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestServer, request, toOf, type SipTestServer } from '#test/conformance/sip/sip-test-server.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { numbersCalled } from '#test/simulator/people.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { followForbidden } from './follow-forbidden.ts'

const database = await createTestDatabase<RegisterTables>()
const { db: admin, pool } = database.as()
const capture = database.as('seloste_capture').db
const seed = { version: 1, description: await readShippedDescription() }
const { recipient } = generateKeyPair()
const clerk = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Aino' })
const faults: unknown[] = []
let folder = ''
let recorder: Recorder
let call: SipTestServer
let close: () => Promise<void>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-follow-forbidden-'))
  const recordingsFolder = join(folder, 'recordings')
  await mkdir(recordingsFolder)
  const tail = await createTailJournal({ directory: recordingsFolder, run: randomUUID() })
  const spool = await openSpool({
    directory: join(folder, 'calls'),
    admit: admitTo(capture),
    onFault: (error) => faults.push(error),
    retryMs: 100,
  })
  recorder = createRecorder({
    versionAt: () => seed,
    drawKey: Buffer.alloc(32),
    quotas: createQuotaCounts(),
    officials: () => [],
    intakePublicKey: () => recipient,
    clock: systemClock,
    ports: createPortAllocator({ address: '127.0.0.1', firstPort: 11_400, lastPort: 11_407, quarantineMs: 0 }),
    mediaAddress: () => '127.0.0.1',
    spool,
    recordingsFolder,
    tail,
    objects: await openTestObjects(join(folder, 'objects')),
    random: { uuid: randomUUID, uint32: () => randomBytes(4).readUInt32BE() },
    onFault: (error) => faults.push(error),
  })
  call = createTestServer(recorder.handler)
  close = async () => {
    await recorder.stop()
    await tail.close()
    await spool.stop()
  }
})
afterEach(async () => {
  await close()
  await rm(folder, { recursive: true })
})

/** Starts a call that is recorded. Returns the id of its recording once the register has it. */
async function startRecording(): Promise<string> {
  const body =
    'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=label:0\r\na=sendonly\r\n'
  const diversion = `<sip:${numbersCalled.testLine}@192.0.2.1>;reason=unconditional`
  const headers = { require: 'siprec', diversion, 'x-broadworks-correlation-info': randomUUID() }
  call.send(request('INVITE', { cseq: '1', 'content-type': 'application/sdp', ...headers }, body))
  await expect.poll(() => call.sent.length).toBeGreaterThan(0)
  await expect.poll(() => call.lastResponse().status).toBe(200)
  call.send(request('ACK', { cseq: '1', to: toOf(call.lastResponse()), branch: 'z9hG4bK-ack' }))
  const [id] = recorder.recordings('in-progress')
  const recordingRow = admin.selectFrom('recording').select('state').where('id', '=', id!)
  await expect.poll(async () => (await recordingRow.executeTakeFirst())?.state).toBe('CAPTURING')
  return id!
}
async function forbid(id: string): Promise<void> {
  await pool.query(
    `insert into prohibition (recording_id, party, channel, entered_by) values ($1, 'CALLER', 'CALL', $2)`,
    [id, clerk.id],
  )
  await pool.query('select settle_recording($1)', [id])
}
const files = async () => (await readdir(join(folder, 'recordings'))).filter((name) => /hdr|body/.test(name))
const expectFilesDeleted = (timeout: number) => expect.poll(files, { timeout, interval: 10 }).toEqual([])
const pendingStops = async () => (await pool.query('select from capture_stop')).rowCount
const follow = (checkMs?: number) =>
  followForbidden({
    db: capture,
    databaseUrl: database.url('seloste_capture'),
    recorder,
    onFault: (error) => faults.push(error),
    ...(checkMs !== undefined && { checkMs }),
  })

test('a prohibition deletes the recording’s files within a second, and the database then lists no pending stop', async () => {
  const following = await follow(60_000)
  const id = await startRecording()
  // The listener is active a moment after the start.
  await expect
    .poll(
      async () =>
        (await pool.query(`select from pg_stat_activity where query like 'listen "seloste_forbidden"%'`)).rowCount,
    )
    .toBe(1)
  await forbid(id)
  await expectFilesDeleted(1_000)
  await expect.poll(pendingStops).toBe(0)
  await following.stop()
})

test('a prohibition whose notification was missed is found by polling', async () => {
  const id = await startRecording()
  await forbid(id)
  const following = await follow(50)
  await expectFilesDeleted(1_000)
  await following.stop()
})

test('a prohibition entered just before a database outage is carried out when the outage ends, and its call continues', async () => {
  const id = await startRecording()
  const following = await follow(200)
  const { rows } = await pool.query<{ name: string }>('select current_database() as name')
  const limitConnections = (to: number) => pool.query(`alter database "${rows[0]!.name}" connection limit ${to}`)
  await limitConnections(0)
  await forbid(id)
  const ofCapture = `usename = 'seloste_capture' and datname = current_database()`
  await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${ofCapture}`)
  await expect.poll(() => faults.length).toBeGreaterThan(0)
  await limitConnections(-1)
  await expectFilesDeleted(5_000)
  await expect.poll(pendingStops, { timeout: 5_000 }).toBe(0)
  expect(recorder.live).toBe(1)
  await following.stop()
})
