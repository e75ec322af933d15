/** A recording that is forbidden during its call, as seen by its client and in its folder (R49, AC11). */
import { randomBytes, randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readShippedDescription } from '#test/database/describe-from.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { systemClock } from '#platform/clock/clock.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { bodyKey } from '#register/recordings/objects.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'
import { createTestServer, request, toOf, type SipTestServer } from '#test/conformance/sip/sip-test-server.ts'
import { appendAdmitted } from '#test/database/people.ts'
import { numbersCalled } from '#test/simulator/people.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { createPortAllocator } from '../rtp/allocate-ports.ts'
import { createQuotaCounts } from './register/quota-counts.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { openSpool, type Spool } from './recovery/spool.ts'
import { recoverAfterCrash } from './recovery/recover-after-crash.ts'

const seed = { version: 1, description: await readShippedDescription() }
const { recipient } = generateKeyPair()
let folder = ''
const recorded: SegmentFacts[] = []
let call: SipTestServer
let recorder: Recorder
let objects: ObjectStore
let spool: Spool
let close: () => Promise<void>

async function open(leftBehind: readonly SegmentFacts[] = []): Promise<void> {
  const recordingsFolder = join(folder, 'recordings')
  await mkdir(recordingsFolder, { recursive: true })
  const tail = await createTailJournal({ directory: recordingsFolder, run: randomUUID() })
  recorder = createRecorder({
    versionAt: () => seed,
    drawKey: Buffer.alloc(32),
    quotas: createQuotaCounts(),
    officials: () => [],
    intakePublicKey: () => recipient,
    clock: systemClock,
    ports: createPortAllocator({ address: '127.0.0.1', firstPort: 11_300, lastPort: 11_307, quarantineMs: 0 }),
    mediaAddress: () => '127.0.0.1',
    spool,
    leftBehind,
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
  }
}
const openCalls = () =>
  openSpool({
    directory: join(folder, 'calls'),
    admit: appendAdmitted(recorded),
    onFault: () => undefined,
  })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-forbidden-'))
  recorded.length = 0
  objects = { ...(await openTestObjects(join(folder, 'objects'))) }
  spool = await openCalls()
  await open()
})
afterEach(async () => {
  await close()
  await spool.stop()
  await rm(folder, { recursive: true })
})

const oneCall = { 'x-broadworks-correlation-info': 'one-call' }
const diversion = `<sip:${numbersCalled.testLine}@192.0.2.1>;reason=unconditional`
const media = (port: number, direction = 'sendonly') =>
  `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 8\r\na=label:0\r\na=${direction}\r\n`

/** Sends an INVITE, waits for its answer and acknowledges it. Returns the body of the answer. */
async function send(
  cseq: string,
  body: string,
  changes: Record<string, string> = {},
  source?: { address: string },
): Promise<string> {
  const before = call.sent.length
  const headers = { require: 'siprec', diversion, 'content-type': 'application/sdp', ...oneCall, ...changes }
  call.send(request('INVITE', { cseq, ...headers }, body), source)
  const answers = () =>
    call.sent
      .slice(before)
      .flatMap(({ message }) => (message.kind === 'response' && message.status >= 200 ? [message] : []))
  await until(() => answers().length > 0)
  const [answer] = answers()
  if (answer?.status !== 200) throw new Error(`answered ${answer?.status}`)
  const { 'call-id': callId } = changes
  call.send(
    request('ACK', { cseq, to: toOf(answer), branch: `z9hG4bK-a${cseq}`, ...(callId && { 'call-id': callId }) }),
    source,
  )
  return answer.body.toString()
}
const portOf = (answer: string) => Number(/^m=audio (\d+)/m.exec(answer)?.[1])
const withoutVersion = (answer: string) => answer.replace(/^o=.*$/m, '')

async function until(happened: () => boolean): Promise<void> {
  await expect.poll(happened, { interval: 5 }).toBe(true)
}

/** Sends audio packets of 1000 bytes each. */
async function speak(port: number, packets: number, first = 0): Promise<void> {
  const socket = createSocket('udp4')
  const head = Buffer.alloc(12)
  head[0] = 0x80
  head[1] = 8
  head.writeUInt32BE(7, 8)
  await new Promise<void>((resolve) => socket.bind(4000, '127.0.0.1', () => resolve()))
  for (let n = first; n < first + packets; n++) {
    head.writeUInt16BE(n, 2)
    head.writeUInt32BE(n * 160, 4)
    socket.send(Buffer.concat([head, randomBytes(1000)]), port, '127.0.0.1')
    if (n % 20 === 19) await wait(2)
  }
  await wait(20)
  await new Promise<void>((resolve) => socket.close(() => resolve()))
}

const latest = () => recorded.at(-1)
const recordingId = () => latest()?.recording?.id ?? ''
const files = async () => (await readdir(join(folder, 'recordings'))).filter((name) => !name.endsWith('.journal'))
async function receivedBytes(): Promise<number> {
  const body = (await files()).find((name) => name.endsWith('.body'))
  return body === undefined ? 0 : (await readFile(join(folder, 'recordings', body))).length
}

describe('a recording that is forbidden during its call', () => {
  test('is deleted from disk, and nothing is written afterwards, unnoticed by its client', async () => {
    const first = await send('1', media(4000))
    const port = portOf(first)
    await speak(port, 200)
    await expect.poll(receivedBytes).toBeGreaterThan(65_000)
    const to = toOf(call.lastResponse())
    const startedMs = performance.now()
    await recorder.forbid(recordingId(), true)
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    expect(await files()).toEqual([])
    await until(() => latest()?.recording?.gone === true)
    expect(latest()).toMatchObject({ captureState: 'not-recorded', decision: { record: true } })
    expect(latest()?.endedAt).toBeUndefined()

    await speak(port, 200, 200)
    expect(await files()).toEqual([])
    // A hold, its end, a refresh: answered as before, on the same port.
    const again = await send('2', media(4000), { to })
    expect(withoutVersion(again)).toBe(withoutVersion(first))
    expect(portOf(await send('3', media(4000, 'inactive'), { to }))).toBe(port)
    expect(portOf(await send('4', media(4000), { to }))).toBe(port)
    expect(latest()?.captureState).toBe('not-recorded')
    expect({ live: recorder.live, recording: recorder.recording }).toEqual({ live: 1, recording: 0 })

    call.send(request('BYE', { cseq: '5', to }))
    await until(() => recorder.live === 0)
    expect(latest()).toMatchObject({ recording: { gone: true }, endInferred: false })
    expect(latest()?.endedAt).toBeDefined()
    expect(latest()?.recording?.stored).toBeUndefined()
    expect(await files()).toEqual([])
  })

  test('does not change if it is forbidden again, also at the end of the call', async () => {
    await speak(portOf(await send('1', media(4000))), 50)
    const to = toOf(call.lastResponse())
    const id = recordingId()
    await Promise.all([recorder.forbid(id, true), recorder.forbid(id, true)])
    call.send(request('BYE', { cseq: '2', to }))
    await recorder.forbid(id, true)
    await until(() => recorder.live === 0)
    await recorder.forbid(id, true)
    expect(latest()).toMatchObject({ recording: { id, gone: true } })
    expect(await files()).toEqual([])
  })

  test('is stored nowhere if it is forbidden after the call, while it waits for an unavailable object store', async () => {
    const { moveIn } = objects
    objects.moveIn = () => Promise.reject(new Error('away'))
    await speak(portOf(await send('1', media(4000))), 50)
    const id = recordingId()
    call.send(request('BYE', { cseq: '2', to: toOf(call.lastResponse()) }))
    await until(() => latest()?.endedAt !== undefined)
    const forbidding = recorder.forbid(id, true)
    objects.moveIn = moveIn
    await forbidding
    expect(latest()).toMatchObject({ recording: { id, gone: true } })
    expect(await files()).toEqual([])
    await expect(objects.sizeBytes(bodyKey(id))).rejects.toThrow()
  })

  test('is not uploaded further if it is forbidden while it is being stored', async () => {
    const { moveIn } = objects
    const begun: string[] = []
    await speak(portOf(await send('1', media(4000))), 50)
    const id = recordingId()
    objects.moveIn = (key, ...form) => {
      begun.push(key)
      void recorder.forbid(id, true)
      return moveIn(key, ...form)
    }
    call.send(request('BYE', { cseq: '2', to: toOf(call.lastResponse()) }))
    await until(() => recorder.live === 0)
    expect(begun).toHaveLength(1)
    expect(latest()).toMatchObject({ recording: { id, gone: true } })
    expect(await files()).toEqual([])
  })

  test('with a blocked destruction keeps what was captured, and nothing more', async () => {
    const port = portOf(await send('1', media(4000)))
    await speak(port, 50)
    const id = recordingId()
    await recorder.forbid(id, false)
    await until(() => latest()?.recording?.stored !== undefined)
    const size = await objects.sizeBytes(bodyKey(id))
    await speak(port, 200, 50)
    call.send(request('BYE', { cseq: '2', to: toOf(call.lastResponse()) }))
    await until(() => recorder.live === 0)
    expect(await objects.sizeBytes(bodyKey(id))).toBe(size)
    const { endedAt, recording } = latest()!
    expect(Temporal.Instant.compare(recording!.endedAt!, endedAt!)).toBe(-1)
    expect(await files()).toEqual([])
  })
})

describe('a later session of a call whose recording was forbidden', () => {
  const second = { 'call-id': 'call-2', from: '<sip:src@192.0.2.1>;tag=x', branch: 'z9hG4bK-2' }

  test('is not recorded again after a restart, whatever the crash left', async () => {
    await speak(portOf(await send('1', media(4000))), 50)
    await recorder.forbid(recordingId(), true)
    await until(() => latest()?.recording?.gone === true)
    // The process dies: the next one has only the spool.
    const left = recorded.at(-1)!
    await close()
    await open([left])
    recorded.length = 0
    await send('1', media(4000), second)
    await until(() => recorded.length > 0)
    expect(latest()).toMatchObject({
      contactId: left.contactId,
      decision: { record: true },
      captureState: 'not-recorded',
      captureFailure: 'forbidden',
    })
    expect(latest()?.recording).toBeUndefined()
    expect(await files()).toEqual([])
  })

  test('of another trunk with the same id is another call, which is recorded', async () => {
    await speak(portOf(await send('1', media(4000))), 50)
    const own = latest()!
    await recorder.forbid(recordingId(), true)
    await until(() => latest()?.recording?.gone === true)
    await send('1', media(4000), second, { address: '192.0.2.77' })
    await until(() => recorded.some(({ contactId }) => contactId !== own.contactId))
    const other = recorded.find(({ contactId }) => contactId !== own.contactId)
    expect(other).toMatchObject({ captureState: 'recording', recording: {} })
    expect(other?.captureFailure).toBeUndefined()
  })

  test('is not recorded if the recording was forbidden while no capture ran', async () => {
    await speak(portOf(await send('1', media(4000))), 50)
    const left = recorded.at(-1)!
    await close()
    await open([left])
    expect(recorder.recordings('remembered')).toContain(left.recording?.id)
    await recorder.forbid(left.recording!.id, true)
    recorded.length = 0
    await send('1', media(4000), second)
    await until(() => recorded.length > 0)
    expect(latest()?.recording).toBeUndefined()
  })
})

describe('a process that dies between any two steps leaves no sound', () => {
  /** Files left in the folder, whether the spool has the report, and what becomes of the recording in the store. */
  test.each([
    ['before the first step', ['hdr', 'body'], false, 'handed over'],
    ['after the key’s header is deleted', ['body'], false, 'handed over'],
    ['after all is deleted, before the report', [], false, 'gone'],
    ['after the report', [], true, 'gone'],
    ['after the report, with files left by an unreliable disk', ['hdr', 'body', 'tail'], true, 'gone'],
  ])('%s', async (_when, suffixes, reported, expected) => {
    await speak(portOf(await send('1', media(4000))), 80)
    const inProgress = latest()!
    const id = recordingId()
    const parts = new Map<string, Buffer>()
    for (const name of await files())
      parts.set(name.slice(name.lastIndexOf('.') + 1), await readFile(join(folder, 'recordings', name)))
    await close()
    await spool.stop()
    // Restores the disk as it was when the process died.
    await rm(join(folder, 'recordings'), { recursive: true })
    await mkdir(join(folder, 'recordings'))
    objects = await openTestObjects(join(folder, 'objects'))
    for await (const key of objects.list('')) await objects.delete(key)
    for (const suffix of suffixes) {
      await writeFile(join(folder, 'recordings', `${id}.${suffix}`), parts.get(suffix) ?? 'sealed frames')
    }
    recorded.length = 0
    spool = await openCalls()
    const recording = { ...inProgress.recording!, ...(reported && { gone: true as const }) }
    await spool.store({ ...inProgress, recording })
    await recoverAfterCrash(spool, join(folder, 'recordings'), objects, systemClock.now())
    await spool.settled()

    const left = await readdir(join(folder, 'recordings'))
    expect(left.filter((name) => name.includes(id))).toEqual([])
    expect(latest()?.endedAt).toBeDefined()
    const inStore = await objects.sizeBytes(bodyKey(id)).then(
      () => 'handed over',
      () => 'gone',
    )
    expect(inStore).toBe(expected)
    // Capture has nothing of the recording left, and reports that it is stored or gone; the custodian destroys a stored one.
    expect(latest()?.recording?.stored !== undefined).toBe(expected === 'handed over')
    expect(latest()?.recording?.gone === true).toBe(expected === 'gone')
    await open()
  })
})
