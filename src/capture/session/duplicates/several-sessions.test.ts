/** Several sessions of one call (parallel recorders, split directions, transfers) make one contact, with one recording per segment. */
import { randomBytes, randomUUID } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readShippedDescription } from '#test/database/describe-from.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { openDirectoryStore } from '#platform/objects/directory-store.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'
import { createTestServer, toOf, type SipTestServer } from '#test/conformance/sip/sip-test-server.ts'
import { appendAdmitted } from '#test/database/people.ts'
import { bytesOf } from '#test/vectors/siprec/read-vector.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { findPorts } from '#test/whole/free-ports.ts'
import { createPortAllocator } from '../../rtp/allocate-ports.ts'
import { createQuotaCounts } from '../register/quota-counts.ts'
import { createClientStatistics, type ClientProfile } from '../seen/client-statistics.ts'
import { createRecorder, type Recorder } from '../recorder.ts'
import type { RecorderOptions } from '../recorder-options.ts'
import { openSpool } from '../recovery/spool.ts'
import { trunkFinder, type Trunk } from '../reading/trunks.ts'

const seed = await readShippedDescription()
const description = {
  ...seed,
  recordingPlan: { ...seed.recordingPlan, rules: seed.recordingPlan.rules.map((rule) => ({ ...rule, share: 1 })) },
}
const { recipient } = generateKeyPair()
const from = Temporal.Instant.from('2026-01-01T00:00:00Z')
const officials = ['+358295121001', '+358295121002', 'ext:main:1001', 'ext:main:1002'].map((phone) => ({
  ...{ personId: phone.slice(-4), unitId: null, name: phone, phoneKey: phone as never },
  ...{ consentedFrom: null, from, to: null },
}))

/** The description in force. */
let inForce = description
const { firstRtp } = await findPorts()
let folder = ''
const recorded: SegmentFacts[] = []
let call: SipTestServer
let recorder: Recorder
let clients: ClientProfile[] = []
const close: (() => unknown)[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-several-'))
  recorded.length = 0
  clients = []
  inForce = description
  await start()
})
afterEach(async () => {
  for (const step of close.splice(0).reverse()) await step()
  await rm(folder, { recursive: true })
})

async function start(trunks: readonly Trunk[] = []): Promise<void> {
  const spool = await openSpool({
    directory: join(folder, 'calls'),
    admit: appendAdmitted(recorded),
    onFault: () => undefined,
  })
  const recordingsFolder = join(folder, 'recordings')
  await openDirectoryStore(recordingsFolder)
  const tail = await createTailJournal({ directory: recordingsFolder, run: randomUUID() })
  const options: RecorderOptions = {
    versionAt: () => ({ version: 7, description: inForce }),
    drawKey: Buffer.alloc(32),
    quotas: createQuotaCounts(),
    officials: () => officials,
    findTrunk: trunkFinder(trunks),
    intakePublicKey: () => recipient,
    clock: systemClock,
    ports: createPortAllocator({ address: '127.0.0.1', firstPort: 11_400, lastPort: 11_499, quarantineMs: 0 }),
    mediaAddress: () => '127.0.0.1',
    spool,
    recordingsFolder,
    tail,
    objects: await openTestObjects(join(folder, 'objects')),
    random: { uuid: randomUUID, uint32: () => randomBytes(4).readUInt32BE() },
    clients: createClientStatistics((seen) => clients.push(seen)),
    onFault: (error) => {
      throw error
    },
  }
  recorder = createRecorder(options)
  call = createTestServer(recorder.handler)
  close.push(
    () => spool.stop(),
    () => tail.close(),
    () => recorder.stop(),
  )
}

/** Returns a vector, with some of its texts replaced. */
function written(name: string, changes: Record<string, string> = {}): string {
  let text = bytesOf(name).toString('latin1')
  for (const [was, is] of Object.entries(changes)) text = text.replaceAll(was, is)
  return sized(text)
}

/** Updates Content-Length. */
function sized(text: string): string {
  const at = text.indexOf('\r\n\r\n') + 4
  return text.slice(0, at).replace(/^(Content-Length: ?)\d+/im, `$1${text.length - at}`) + text.slice(at)
}

/** Sends a message and returns the body of its final answer. */
async function send(text: string): Promise<string> {
  const before = call.sent.length
  call.send(Buffer.from(text, 'latin1'), { address: '192.0.2.10' })
  const answer = () =>
    call.sent.slice(before).find(({ message }) => message.kind === 'response' && message.status >= 200)?.message
  await vi.waitFor(() => expect(answer()).toBeDefined(), { timeout: 20_000, interval: 5 })
  const response = answer()!
  if (response.kind !== 'response') throw new Error('no response')
  expect(response.status).toBe(200)
  return response.body.toString()
}

/** Returns a request without a body in the dialog of a vector. */
function inDialogOf(name: string, method: string, to: string, cseq: number): string {
  const head = bytesOf(name).toString('latin1').split('\r\n\r\n')[0]!
  const lines = head.split('\r\n').filter((line) => /^(?:via|from|call-id|max-forwards):/i.test(line))
  return `${method} sip:srs@192.0.2.200 SIP/2.0\r\n${lines.join('\r\n').replace(/branch=(\S+)/, `branch=$1${method}`)}\r\nTo: ${to}\r\nCSeq: ${cseq} ${method}\r\nContent-Length: 0\r\n\r\n`
}
const byeOf = (name: string) => inDialogOf(name, 'BYE', toOf(call.lastResponse()), 999_999_999)
const acknowledgement = (name: string, to: string) => inDialogOf(name, 'ACK', to, 1)

const segments = () => [...new Map(recorded.map((facts) => [facts.segmentId, facts])).values()]
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 })

describe('a call reported by two recorders of one session border controller', () => {
  test('is one segment with one recording, and the second session is answered, and waits', async () => {
    expect(await send(written('oracle'))).toContain('a=recvonly')
    const second = written('oracle', { 'acme-rec-1': 'acme-rec-9', 'tag=acme1': 'tag=acme9' })
    expect(await send(second)).toContain('a=recvonly')
    await until(() => expect(segments()).toHaveLength(1))
    expect(recorder).toMatchObject({ live: 1, recording: 1 })
  })

  test('is one segment if one client reports the tracking id in metadata, and the other only in a header', async () => {
    await send(written('broadworks'))
    const other = written('broadworks', {
      'BW-1': 'BW-9',
      z9hG4bKbw: 'z9hG4bKbx',
      '<extTrackingID>200:1': '<x>200:1',
      '1</extTrackingID>': '1</x>',
    })
    await send(other.replaceAll('-4222-8333-', '-4222-8444-'))
    await until(() => expect(segments()).toHaveLength(1))
    expect(recorder.live).toBe(1)
  })

  test('is one segment if the clients report different numbers of the same official', async () => {
    await send(written('netsapiens-call'))
    const changes = { 'ns-10': 'ns-19', '1001@agency.example.fi': '0295121001@agency.example.fi' }
    await send(written('netsapiens-call', changes))
    expect([recorder.live, segments().length]).toEqual([1, 1])
  })
})

describe("Cisco's built-in bridge", () => {
  const ports = { near: firstRtp, far: firstRtp + 4 }
  const sockets: Socket[] = []
  afterEach(() => sockets.splice(0).forEach((socket) => socket.close()))

  /** Sends twenty packets of A-law from the port named in the ACK. */
  async function speak(fromPort: number, toPort: number): Promise<void> {
    const socket = createSocket('udp4')
    sockets.push(socket)
    socket.bind(fromPort, '127.0.0.1')
    await once(socket, 'listening')
    for (let seq = 0; seq < 20; seq++) {
      const packet = Buffer.alloc(172, 0xd5)
      packet.set([0x80, 8])
      packet.writeUInt16BE(1000 + seq, 2)
      packet.writeUInt32BE(160 * seq, 4)
      packet.writeUInt32BE(fromPort, 8)
      await new Promise((resolve) => socket.send(packet, toPort, '127.0.0.1', resolve))
    }
  }

  test('sends each voice in its own session, without an offer, and both voices are in one recording of one segment', async () => {
    const portIn = (sdp: string) => Number(/m=audio (\d+)/.exec(sdp)?.[1])
    const opened: Record<string, number> = {}
    for (const end of ['near', 'far']) {
      const sdp = await send(written(`cucm-${end}-end`))
      expect(sdp).toContain('a=recvonly')
      opened[end] = portIn(sdp)
      const to = toOf(call.lastResponse())
      const ack = {
        ...{ '192.0.2.42': '127.0.0.1', 'm=audio 24000': `m=audio ${ports.near}` },
        ...{ 'm=audio 24004': `m=audio ${ports.far}`, '<sip:029497000@192.0.2.200>;tag=srs1': to },
      }
      call.send(Buffer.from(written(`cucm-${end}-end-ack`, ack), 'latin1'), { address: '192.0.2.10' })
    }
    expect(opened['near']).not.toBe(opened['far'])
    await until(() => expect(segments()[0]).toMatchObject({ captureState: 'recording', marks: [] }))
    await speak(ports.near, opened['near']!)
    await speak(ports.far, opened['far']!)
    const byeOfFar = byeOf('cucm-far-end')
    const nearTo = toOf(
      call.sent.find(({ message }) => message.kind === 'response' && message.status === 200)!.message as never,
    )
    await send(byeOfFar)
    await send(byeOf('cucm-near-end').replace(/^To: .*$/m, `To: ${nearTo}`))
    await until(() => expect(segments()[0]?.recording?.stored).toBeDefined())
    expect(segments()).toHaveLength(1)
    expect(segments()[0]).toMatchObject({
      caller: { key: '+358401234567' },
      numberReached: { key: '+35829497000' },
      official: { phone: '+358295121001' },
      recording: { stored: { packetsReceived: 40 } },
    })
  })
})

test('Cisco’s built-in bridge can offer both directions of a call at the same moment', async () => {
  for (const end of ['near', 'far']) call.send(Buffer.from(written(`cucm-${end}-end`), 'latin1'))
  const answers = () =>
    call.sent.flatMap(({ message }) => (message.kind === 'response' && message.status === 200 ? message : []))
  await until(() => expect(answers()).toHaveLength(2))
  for (const { body } of answers()) expect(body.toString()).toContain('a=recvonly')
  expect(recorder.live).toBe(1)
})

describe('a transfer', () => {
  test('by BYE and a new session of the same group is a second segment of the contact, without the consultation', async () => {
    await send(written('netsapiens-call'))
    const bye = byeOf('netsapiens-call')
    expect(await send(written('netsapiens-consultation'))).not.toContain('a=recvonly')
    await send(bye)
    await send(written('netsapiens-after-transfer'))
    await until(() => expect(segments()).toHaveLength(2))
    const [before, after] = segments()
    expect(after).toMatchObject({ contactId: before!.contactId, official: { phone: 'ext:main:1002' } })
    expect([before?.recording?.id, after?.recording?.id].filter(Boolean)).toHaveLength(2)
    expect(before?.recording?.id).not.toBe(after?.recording?.id)
  })

  test('by a session that replaces the old one is a second segment', async () => {
    await send(written('ribbon'))
    const tag = /tag=(.*)$/.exec(toOf(call.lastResponse()))?.[1]
    await send(written('ribbon-replaces', { 'to-tag=srs1': `to-tag=${tag}` }))
    await until(() => expect(segments()).toHaveLength(2))
    const [before, after] = segments()
    expect(after).toMatchObject({ contactId: before!.contactId, official: { phone: '+358295121002' } })
    await until(() => expect(segments()[0]?.endedAt).toBeDefined())
  })
})

describe('a call that is transferred within its session', () => {
  const mediaPort = firstRtp + 8
  let socket: Socket
  beforeEach(async () => {
    socket = createSocket('udp4').bind(mediaPort, '127.0.0.1')
    await once(socket, 'listening')
  })
  afterEach(() => socket.close())

  /** Opens the vector's session with streams from this socket; returns the port to send to. */
  async function open(): Promise<number> {
    const changes = { 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1', 'm=audio 40000': `m=audio ${mediaPort}` }
    const port = Number(/m=audio (\d+)/.exec(await send(written('rfc7865-baseline', changes)))?.[1])
    const answer = toOf(call.lastResponse())
    call.send(Buffer.from(acknowledgement('rfc7865-baseline', answer)), { address: '192.0.2.10' })
    return port
  }

  const lastTag = () => /tag=(.*)$/.exec(toOf(call.lastResponse()))![1]!

  let seq = 0
  async function speak(port: number, packets: number): Promise<void> {
    for (let n = 0; n < packets; n++, seq++) {
      const packet = Buffer.alloc(172, 0xd5)
      packet.set([0x80, 8])
      packet.writeUInt16BE(seq & 0xffff, 2)
      packet.writeUInt32BE(160 * seq, 4)
      packet.writeUInt32BE(77, 8)
      await new Promise((resolve) => socket.send(packet, port, '127.0.0.1', resolve))
    }
  }

  test('is two segments with a recording each, of two officials, with every packet in exactly one of them (R17)', async () => {
    const port = await open()
    await speak(port, 30)
    const during = { stop: false }
    const speaking = (async () => {
      while (!during.stop) await speak(port, 1).then(() => wait(1))
    })()
    await send(written('rfc7865-transfer', { 'tag=srs1': `tag=${lastTag()}` }))
    await until(() => expect(segments()[0]?.recording?.stored).toBeDefined())
    during.stop = true
    await speaking
    await speak(port, 30)
    await send(byeOf('rfc7865-baseline'))
    await until(() => expect(segments()[1]?.recording?.stored).toBeDefined())
    const [before, after] = segments()
    expect(segments()).toHaveLength(2)
    expect(before).toMatchObject({ official: { phone: '+358295121001' }, endInferred: false })
    expect(after).toMatchObject({ contactId: before!.contactId, official: { phone: '+358295121002' }, marks: [] })
    expect(after?.answeredAt).toEqual(before?.endedAt)
    const [first, second] = [before!.recording!.stored!, after!.recording!.stored!]
    expect(first.packetsReceived + second.packetsReceived).toBe(seq)
    expect(first.packetsReceived).toBeGreaterThanOrEqual(30)
    expect(second.packetsReceived).toBeGreaterThan(30)
    expect([first.packetsLost, second.packetsLost]).toEqual([0, 0])
    expect(recorder.live).toBe(0)
  })

  test('is decided again: if the plan does not record the next segment, its streams are discarded', async () => {
    const port = await open()
    await speak(port, 10)
    inForce = { ...description, recordingPlan: { ...seed.recordingPlan, rules: [] } }
    await send(written('rfc7865-transfer', { 'tag=srs1': `tag=${lastTag()}` }))
    await until(() => expect(segments()[0]?.recording?.stored).toBeDefined())
    await speak(port, 10)
    await send(byeOf('rfc7865-baseline'))
    await until(() => expect(segments()[1]?.endedAt).toBeDefined())
    expect(segments()[1]?.recording).toBeUndefined()
    expect(recorder.live).toBe(0)
  })

  test('is a conference while both officials are connected with the caller: nothing is kept until the first leaves', async () => {
    const port = await open()
    const transfer = written('rfc7865-transfer', { 'tag=srs1': `tag=${lastTag()}` })
    await send(sized(transfer.replaceAll(/<participant\w+assoc participant_id="cGFydC1vZmZpY2lhbC0wMQ==[^\n]*\n/g, '')))
    await speak(port, 10)
    expect(segments()).toMatchObject([
      { official: { phone: '+358295121001' }, captureState: 'paused', marks: [] },
      { official: { phone: '+358295121002' }, decision: { reason: 'conference' } },
    ])
    await send(transfer.replace(/branch=(\S+)/, 'branch=$1left').replace(/^CSeq: \d+/im, 'CSeq: 90'))
    await until(() => expect(segments()).toHaveLength(3))
    expect(segments()[2]).toMatchObject({ official: { phone: '+358295121002' }, decision: { record: true }, marks: [] })
    await until(() => expect(segments()[0]?.recording?.stored?.packetsReceived).toBe(10))
    expect(segments()[0]?.recording?.stored?.sizeBytes).toBeLessThan(10 * 172)
  })

  test('does not keep the audio of a consultation, and its official stays the same', async () => {
    const port = await open()
    await speak(port, 10)
    const consultation = written('rfc7865-transfer', { 'tag=srs1': `tag=${lastTag()}` })
      .replace(/<participantsessionassoc participant_id="cGFydC1vZmZpY2lhbC0wMQ==[^\n]*\n/, '')
      .replace(
        /<participantstreamassoc participant_id="cGFydC1vZmZpY2lhbC0wMQ==[^\n]*\n/,
        '<participantstreamassoc participant_id="cGFydC1jYWxsZXItMDAwMQ=="><send>c3RyZWFtLW9uZS0wMDAwMQ==</send><disassociate-time>2027-03-03T08:02:00Z</disassociate-time></participantstreamassoc>\n',
      )
    await send(sized(consultation))
    await until(() => expect(segments()[0]?.captureState).toBe('paused'))
    await speak(port, 10)
    await send(byeOf('rfc7865-baseline'))
    await until(() => expect(segments()[0]?.recording?.stored).toBeDefined())
    expect(segments()).toMatchObject([{ official: { phone: '+358295121001' } }])
    expect(segments()[0]?.recording?.stored?.sizeBytes).toBeLessThan(15 * 180)
  })
})

test('a call with unreadable metadata is recorded and marked for review', async () => {
  await send(written('broken-metadata'))
  await until(() => expect(segments()).toHaveLength(1))
  expect(segments()[0]).toMatchObject({ captureState: 'recording', marks: ['needs-review'] })
})

test.each(['ribbon', 'avaya-sbce', 'broadworks'])(
  'known deviations of %s cause no review: no clock, no id, zeros for a hold',
  async (name) => {
    await send(written(name))
    await until(() => expect(segments()).toHaveLength(1))
    const tag = /tag=[^;]+/.exec(toOf(call.lastResponse()))?.[0] ?? ''
    if (name === 'broadworks') await send(written('broadworks-pause', { 'tag=srs1': tag }))
    if (name === 'avaya-sbce') await send(written('avaya-sbce-update', { 'tag=srs1': tag }))
    await until(() => expect(segments()[0]?.captureState).toBe(name === 'broadworks' ? 'paused' : 'recording'))
    expect(segments()[0]?.marks).toEqual([])
  },
)

test('an operator’s settings for a trunk override what its client reports', async () => {
  const trunk: Trunk = { name: 'border', from: ['192.0.2.0/24'], identity: 'headers' }
  await start([trunk])
  await send(written('headers-first'))
  await until(() => expect(segments()).toHaveLength(1))
  expect(segments()[0]?.caller).toMatchObject({ key: '+358401234567' })
})

test('each structure of requests is reported once per client, with element names and without values', async () => {
  for (const id of ['1', '2', '3'])
    await send(written('opensips-diversion', { 'oss-3': `oss-3${id}`, '9c26700857a8': `9c26700857a${id}` }))
  expect(clients).toHaveLength(1)
  expect(clients[0]).toMatchObject({
    client: 'OpenSIPS (3.6.0 (x86_64/linux))',
    problems: ['xml-repaired'],
    sources: { caller: 'neither', number: 'diversion', official: 'directory', streams: 'associations' },
  })
  expect(clients[0]?.headers).toContain('diversion')
  expect(clients[0]?.shape).toContain('recording/participant/nameID[aor] x2')
  expect(JSON.stringify(clients)).not.toMatch(/401234567|295121001|Smith|A < B/)
})
