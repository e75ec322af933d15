/** Sessions with a recording that are interrupted by their client, by the disk or by a stop. */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readShippedDescription } from '#test/database/describe-from.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'
import { createTestServer, request, toOf, type SipTestServer } from '#test/conformance/sip/sip-test-server.ts'
import { appendAdmitted } from '#test/database/people.ts'
import { numbersCalled } from '#test/simulator/people.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { createPortAllocator, type PortAllocator } from '../../rtp/allocate-ports.ts'
import { createQuotaCounts } from '../register/quota-counts.ts'
import { createRecorder, type Recorder } from '../recorder.ts'
import { openSpool } from './spool.ts'

const seed = { version: 1, description: await readShippedDescription() }
const { recipient } = generateKeyPair()
let folder = ''
const recorded: SegmentFacts[] = []
let call: SipTestServer
let ports: PortAllocator
let recorder: Recorder
let objects: ObjectStore
let close: () => Promise<void>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-interrupted-'))
  recorded.length = 0
  const spool = await openSpool({
    directory: join(folder, 'calls'),
    admit: appendAdmitted(recorded),
    onFault: () => undefined,
  })
  const recordingsFolder = join(folder, 'recordings')
  objects = { ...(await openTestObjects(join(folder, 'objects'))) }
  await openDirectoryStore(recordingsFolder)
  const tail = await createTailJournal({ directory: recordingsFolder, run: randomUUID() })
  // Room for two streams.
  ports = createPortAllocator({ address: '127.0.0.1', firstPort: 11_200, lastPort: 11_203, quarantineMs: 0 })
  recorder = createRecorder({
    versionAt: () => seed,
    drawKey: Buffer.alloc(32),
    quotas: createQuotaCounts(),
    officials: () => [],
    intakePublicKey: () => recipient,
    clock: systemClock,
    ports,
    mediaAddress: () => '127.0.0.1',
    spool,
    recordingsFolder,
    tail,
    objects,
    random: { uuid: randomUUID, uint32: () => randomBytes(4).readUInt32BE() },
    onFault: () => undefined,
    limits: { storeAgainMs: 20 },
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

const diversion = `<sip:${numbersCalled.testLine}@192.0.2.1>;reason=unconditional`
const media = (...mediaPorts: number[]) =>
  `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n${mediaPorts
    .map((port, label) => `m=audio ${port} RTP/AVP 8\r\na=label:${label}\r\na=sendonly\r\n`)
    .join('')}`

function invite(cseq: string, body: string, changes: Record<string, string> = {}): void {
  call.send(
    request(
      'INVITE',
      { cseq, require: 'siprec', diversion, ...(body && { 'content-type': 'application/sdp' }), ...changes },
      body,
    ),
  )
}

/** Sends an INVITE, waits for its answer and acknowledges it. Returns the media ports of the answer. */
async function send(cseq: string, body: string, changes: Record<string, string> = {}): Promise<number[]> {
  const before = call.sent.length
  invite(cseq, body, changes)
  const answers = () =>
    call.sent
      .slice(before)
      .flatMap(({ message }) => (message.kind === 'response' && message.status >= 200 ? [message] : []))
  await until(() => answers().length > 0)
  const [answer] = answers()
  if (answer?.status !== 200) throw new Error(`answered ${answer?.status}`)
  const { 'call-id': callId, from } = changes
  const same = { ...(callId && { 'call-id': callId }), ...(from && { from }) }
  call.send(request('ACK', { cseq, to: toOf(answer), branch: `z9hG4bK-ack-${cseq}`, ...same }))
  return [...answer.body.toString().matchAll(/^m=audio (\d+)/gm)].map(([, port]) => Number(port))
}

async function until(happened: () => boolean): Promise<void> {
  await expect.poll(happened, { interval: 5 }).toBe(true)
}

const stored = () => recorded.filter(({ recording }) => recording?.stored)
const byes = () => call.sent.filter(({ message }) => message.kind === 'request' && message.method === 'BYE')

test('a call cancelled while its recording is opened leaves no entry, file or port', async () => {
  invite('1', media(4000, 4002))
  call.send(request('CANCEL', { branch: 'z9hG4bK-INVITE-1' }))
  await until(() => recorder.live === 0)
  await wait(50)
  expect(call.received().map(([, status]) => status)).toEqual([487, 200])
  expect(recorded).toEqual([])
  expect(ports.inUse).toBe(0)
  expect((await readdir(join(folder, 'recordings'))).filter((name) => /hdr|body/.test(name))).toEqual([])
})

test('a closed media line releases its port, and gets a new port when it is opened again', async () => {
  const first = await send('1', media(4000, 4002))
  expect(first.every((port) => port > 0)).toBe(true)
  const to = toOf(call.lastResponse())
  expect(await send('2', media(4000, 0), { to })).toEqual([first[0], 0])
  expect(ports.inUse).toBe(1)
  expect((await send('3', media(4000, 4002), { to })).every((port) => port > 0)).toBe(true)
  expect(ports.inUse).toBe(2)
  call.send(request('BYE', { cseq: '4', to }))
  await until(() => stored().length === 1)
  expect(ports.inUse).toBe(0)
})

test('an added stream without a free port is refused alone, and the session continues', async () => {
  const [first, second] = await send('1', media(4000, 4002))
  const to = toOf(call.lastResponse())
  expect(await send('2', media(4000, 4002, 4004), { to })).toEqual([first, second, 0])
  const [, closed, added] = await send('3', media(4000, 0, 4004), { to })
  expect(closed).toBe(0)
  expect(added).toBeGreaterThan(0)
})

test('a re-INVITE without an offer is answered with the session description in force', async () => {
  const before = await send('1', media(4000, 4002))
  const first = call.lastResponse()
  const to = toOf(first)
  expect(await send('2', '', { to })).toEqual(before)
  expect(call.lastResponse().body.toString()).toBe(first.body.toString())
})

test('a session that replaces another is recorded, and the other ends', async () => {
  const shared = { 'x-broadworks-correlation-info': 'one-call' }
  await send('1', media(4000), shared)
  const tag = toOf(call.lastResponse()).split('tag=')[1]
  const replaces = `call-1@192.0.2.1;to-tag=${tag};from-tag=from1`
  const [port] = await send('1', media(4006), {
    'call-id': 'call-2',
    from: '<sip:src@192.0.2.1>;tag=x',
    replaces,
    ...shared,
  })
  expect(port).not.toBe(9)
  await until(() => stored().length === 1)
  expect(byes()).toHaveLength(1)
  expect(recorder.live).toBe(1)
})

test('the next leg of a call is recorded while the previous one is still being sealed', async () => {
  const shared = { 'x-broadworks-correlation-info': 'one-call' }
  await send('1', media(4000), shared)
  call.send(request('BYE', { cseq: '2', to: toOf(call.lastResponse()) }))
  const [port] = await send('1', media(4006), {
    'call-id': 'call-2',
    from: '<sip:src@192.0.2.1>;tag=x',
    branch: 'z9hG4bK-2',
    ...shared,
  })
  expect(port).not.toBe(9)
})

test('a recording waits for an unavailable object store, and is stored when the store is available again', async () => {
  const { moveIn } = objects
  let away = 3
  objects.moveIn = (...args) => (away-- > 0 ? Promise.reject(new Error('away')) : moveIn(...args))
  await send('1', media(4000))
  call.send(request('BYE', { cseq: '2', to: toOf(call.lastResponse()) }))
  await until(() => stored().length === 1)
  expect(away).toBeLessThan(0)
})

test('a stop does not wait for an unavailable object store, and accepts no further call', async () => {
  objects.moveIn = () => Promise.reject(new Error('away'))
  await send('1', media(4000))
  const stopping = recorder.stop()
  invite('1', media(4006), { 'call-id': 'call-2' })
  await until(() => call.lastResponse().status === 503)
  await stopping
  expect(recorder.live).toBe(0)
  expect(ports.inUse).toBe(0)
})
