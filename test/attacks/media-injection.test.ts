/**
 * Nobody else's sound gets into a recording (R13, R16). The attackers are strangers who know the ids of a call and send
 * real packets.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { admit } from '#register/admit.ts'
import { recordHeartbeat } from '#register/capture-nodes.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { intakeStockSize, keysOfBatch, makeIntakeBatches, claimIntakeBatches } from '#safeguards/keys/intake-keys.ts'
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, recordingFacts } from '#test/database/people.ts'
import { trunkNaming } from '#capture/session/reading/trunks.ts'
import { everyCall, inDialog, openSpeaker, written } from '#test/conformance/sip/wired-recorder.ts'
import { openClient, openLoopbackRecorder, openPeer, type LoopbackRecorder, type Peer } from './loopback-recorder.ts'

let folder = ''
let recorder: LoopbackRecorder
const peers: Peer[] = []
const clients: { close(): void }[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-whose-'))
})
afterEach(async () => {
  await recorder.stop()
  for (const opened of [...peers.splice(0), ...clients.splice(0)]) opened.close()
  await rm(folder, { recursive: true })
})

async function start(
  options: Partial<Parameters<typeof openLoopbackRecorder>[1]> = {},
  sip: Parameters<typeof openLoopbackRecorder>[2] = {},
): Promise<void> {
  recorder = await openLoopbackRecorder(folder, { firstPort: 11_600, description: () => everyCall, ...options }, sip)
}

async function client(
  address: string,
  n: number,
  changes: Record<string, string> = {},
  media: Parameters<typeof openClient>[4] = {},
) {
  const opened = await openClient(recorder, address, n, changes, media)
  clients.push(opened)
  return opened
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 })
const segments = () => recorder.segments()
const ssrcsOf = async (n: number) => {
  const { caller, official, mixed } = await recorder.voices(segments()[n])
  return [...new Set([...caller, ...official, ...mixed])].sort((a, b) => a - b)
}

test('a stranger who opens a session under the id of a call in progress gets a separate call, without access to the first while it is silent or after its end', async () => {
  await start({ limits: { noMediaMs: 1_000 } })
  const legitimate = await client('127.0.0.1', 1)
  const stranger = await client('127.0.0.2', 2)
  await legitimate.open()
  await legitimate.speak(60)
  await stranger.open()
  const tone = stranger.speakUntilStopped()
  // The caller is silent for longer than the failover time of a duplicate session.
  await wait(1_500)
  await legitimate.speak(60)
  expect(recorder.recorder.counters.failovers).toBe(0)
  expect((await legitimate.bye()).status).toBe(200)
  await until(() => expect(segments()[0]?.recording?.stored).toBeDefined())
  await wait(500)
  await tone.stop()
  await stranger.bye()
  await until(() => expect(segments()[1]?.recording?.stored).toBeDefined())
  const [first, second] = segments()
  expect(segments()).toHaveLength(2)
  expect(first).toMatchObject({
    trunk: 'address:127.0.0.1',
    marks: [],
    recording: { stored: { packetsReceived: 240 } },
  })
  expect(await ssrcsOf(0)).toEqual([100, 101])
  expect(second?.contactId).not.toBe(first?.contactId)
  expect(second?.trunk).toBe('address:127.0.0.2')
  expect(await ssrcsOf(1)).toEqual([200, 201])
})

test('two recorders of one trunk record one call: the second takes over while the first is silent, the first again once it has sound, and the recording is marked', async () => {
  const trunks = [{ name: 'border', from: ['127.0.0.1', '127.0.0.2'] }]
  await start({ nameTrunk: trunkNaming(trunks).nameTrunk, limits: { noMediaMs: 1_000 } })
  const [first, second] = [await client('127.0.0.1', 1), await client('127.0.0.2', 2)]
  await first.open()
  await second.open()
  const firstTone = first.speakUntilStopped()
  const secondTone = second.speakUntilStopped()
  await wait(900)
  await firstTone.stop()
  await until(() => expect(recorder.recorder.counters.failovers).toBe(1))
  await wait(900)
  // The second recorder keeps sending meanwhile.
  const again = first.speakUntilStopped()
  await until(() => expect(recorder.recorder.counters.failovers).toBe(2))
  await Promise.all([again.stop(), secondTone.stop()])
  await second.bye()
  await first.bye()
  await until(() => expect(segments()[0]?.recording?.stored).toBeDefined())
  expect(segments()).toHaveLength(1)
  expect(segments()[0]?.marks).toEqual(['source-changed'])
  expect(await ssrcsOf(0)).toEqual([100, 101, 200, 201])
})

test('packets from another port of the client’s address or from another address do not get into the recording of a silent call, and the other address is reported', async () => {
  await start()
  const legitimate = await client('127.0.0.1', 1)
  await legitimate.open()
  await legitimate.speak(60)
  const speakers = [await openSpeaker(27_100, 700, '127.0.0.1'), await openSpeaker(27_200, 800, '127.0.0.2')]
  clients.push(...speakers)
  const tones = speakers.map((speaker) => speaker.resume(legitimate.ports))
  await wait(1_500)
  await Promise.all(tones.map((tone) => tone.stop()))
  await legitimate.bye()
  await until(() => expect(segments()[0]?.recording?.stored?.packetsReceived).toBe(120))
  expect(await ssrcsOf(0)).toEqual([100, 101])
  expect(segments()[0]?.marks).toEqual(['media-elsewhere'])
})

describe('a trunk that latches', () => {
  const trunks = [{ name: 'behind-nat', from: ['127.0.0.1', '127.0.0.4/30'], latching: true }]
  const received = () => segments()[0]?.recording?.stored?.packetsReceived

  /** Sends a stranger's RTP to the ports of a call, from before the call's first packet until after its last. */
  async function strangerAt(address: string, legitimate: Awaited<ReturnType<typeof client>>) {
    const speaker = await openSpeaker(27_000, 900, address)
    clients.push(speaker)
    return speaker.resume(legitimate.ports)
  }

  test('ignores a stranger from another network who sends first, while no other packets are received', async () => {
    await start(trunkNaming(trunks))
    const legitimate = await client('127.0.0.1', 1, {}, { mediaAddress: '127.0.0.5' })
    await legitimate.open()
    const stranger = await strangerAt('127.0.0.2', legitimate)
    await wait(700)
    const speaking = legitimate.speakUntilStopped()
    await wait(700)
    await speaking.stop()
    await wait(700)
    await legitimate.bye()
    await stranger.stop()
    await until(() => expect(received()).toBeGreaterThan(0))
    expect(await ssrcsOf(0)).toEqual([100, 101])
    expect(segments()[0]?.marks).toEqual(['media-elsewhere'])
  })

  test('accepts only the address that it latched to, or the SDP’s address once that address has sent', async () => {
    await start(trunkNaming(trunks))
    const legitimate = await client('127.0.0.1', 1, {}, { mediaAddress: '127.0.0.5' })
    await legitimate.open()
    const speaking = legitimate.speakUntilStopped()
    await wait(700)
    // Sends from the trunk's own network, during the whole silence of the call.
    const other = await strangerAt('127.0.0.6', legitimate)
    await wait(300)
    await speaking.stop()
    await wait(1_000)
    await legitimate.bye()
    await other.stop()
    await until(() => expect(received()).toBeGreaterThan(0))
    expect(await ssrcsOf(0)).toEqual([100, 101])
    const described = await client('127.0.0.1', 3)
    await described.open()
    await described.speak(60)
    const late = await strangerAt('127.0.0.7', described)
    await wait(1_000)
    await described.bye()
    await late.stop()
    await until(() => expect(segments()[1]?.recording?.stored?.packetsReceived).toBe(120))
    expect(await ssrcsOf(1)).toEqual([300, 301])
  })
})

test('a stranger who knows a dialog’s tags cannot end, change or replace it', async () => {
  await start()
  const legitimate = await client('127.0.0.1', 1)
  await legitimate.open()
  const stranger = await openPeer('127.0.0.2', recorder.sipPort)
  peers.push(stranger)
  const asStranger = (text: string) =>
    text.replace(/^Via: .*$/m, `Via: SIP/2.0/UDP 127.0.0.2:${stranger.port};branch=z9hG4bK${Math.random()}`)
  expect((await stranger.exchange(asStranger(legitimate.within('BYE', 50)))).status).toBe(481)
  const moved = legitimate.opening
    .replace(/^To: .*$/m, `To: ${legitimate.to}`)
    .replace(/^CSeq: .*$/m, 'CSeq: 51 INVITE')
    .replaceAll('IN IP4 127.0.0.1', 'IN IP4 127.0.0.2')
  expect((await stranger.exchange(asStranger(moved))).status).toBe(481)
  const [fromTag, toTag] = [
    /;tag=([^;\r]+)/.exec(/^From: .*$/m.exec(legitimate.opening)![0])![1],
    /;tag=(.*)$/.exec(legitimate.to)![1],
  ]
  const callId = /^Call-ID: (.*)\r$/m.exec(legitimate.opening)![1]!
  const replacing = legitimate.opening
    .replace(/^Call-ID: .*$/m, `Call-ID: another\r\nReplaces: ${callId};from-tag=${fromTag};to-tag=${toTag}`)
    .replace(';tag=a1', ';tag=other')
  expect((await stranger.exchange(asStranger(replacing))).status).toBe(200)
  // The same Call-ID and To tag with another From tag is a separate dialog.
  const separate = asStranger(moved).replace(';tag=a1', ';tag=separate')
  expect((await stranger.exchange(separate)).status).toBe(200)
  await legitimate.speak(60)
  expect((await legitimate.bye()).status).toBe(200)
  await until(() => expect(segments()[0]?.recording?.stored).toBeDefined())
  expect(segments()[0]?.recording?.stored?.packetsReceived).toBe(120)
  expect(segments()[1]?.contactId).not.toBe(segments()[0]?.contactId)
})

test.each([
  ['of an INVITE that is never acknowledged', false, '127.0.0.1'],
  ['at an address of no trunk', true, '127.0.0.3'],
  ['at a configured source of another trunk', true, '127.0.0.3', ['127.0.0.1', '127.0.0.3']],
])('capture does not connect to the Contact %s', async (_what, acknowledges, target, sources?: string[]) => {
  const connections: unknown[] = []
  const victim = createServer((socket) => connections.push(socket.destroy())).listen(0, target)
  await once(victim, 'listening')
  const { port } = victim.address() as { port: number }
  const { sharesTrunk } = trunkNaming([], sources)
  await start(
    { limits: { silenceEndsMs: 1_000 } },
    { timers: { T1: 10, T2: 20 }, ...(sources && { allowedSources: sources, sharesTrunk }) },
  )
  const peer = await client('127.0.0.1', 1)
  const opening = peer.opening.replace(/^Contact: .*$/m, `Contact: <sip:x@${target}:${port};transport=tcp>`)
  const answer = await peer.peer.exchange(opening)
  expect(answer.status).toBe(200)
  if (acknowledges) await peer.peer.send(inDialog(opening, 'ACK', answer.to, 1))
  // Capture treats the dialog as lost or silent, and sends BYE to the address from which the dialog came.
  await until(() => expect(peer.peer.received.some((text) => text.startsWith('BYE '))).toBe(true))
  expect(connections).toEqual([])
  victim.close()
})

test('a capture node that takes keys endlessly leaves the other nodes their share, and so does a process that is not a node', async () => {
  await start()
  const database = await createTestDatabase<RegisterTables>()
  const capture = database.as('seloste_capture').db
  const custodian = database.as('seloste_custodian').db
  const store = await openKeyFolder(join(folder, 'keys'))
  const make = async () => {
    while ((await makeIntakeBatches(custodian, store, generateKeyPair, 64)) > 0);
  }
  const nodes = [randomUUID(), randomUUID()]
  const state = { blockers: [], draining: false, pressures: [], sessions: 0, recordings: 0, waiting: 0 }
  for (const id of nodes) {
    const node = { id, name: 'vm', version: '1', startedAt: Temporal.Now.instant() }
    await recordHeartbeat(capture, node, state)
  }
  /** Takes keys repeatedly, with three requests at once. Returns how many were taken. */
  const drain = async (taker: () => string) => {
    let keys = 0
    for (let round = 0; round < 8; round++) {
      await make()
      const claimed = await Promise.all([1, 2, 3].map(() => claimIntakeBatches(capture, taker(), 1_024)))
      keys += claimed.flat().flatMap(({ publicKeys }) => publicKeys).length
    }
    return keys
  }
  const stock = await intakeStockSize(capture)
  expect(await drain(() => nodes[0]!)).toBe(4 * stock)
  expect(await drain(randomUUID)).toBe(4 * stock)
  expect(await drain(() => nodes[1]!)).toBe(4 * stock)
  // A node that lost its keys in a crash gets enough to continue.
  const pool = database.as().pool
  await pool.query(`update intake_batch set taken_at = taken_at - interval '1 minute' where taken_by = $1`, [nodes[0]])
  expect(await drain(() => nodes[0]!)).toBe(keysOfBatch)
})

test('the register keeps calls of different trunks separate, whichever capture reports first and under any id', async () => {
  await start()
  const database = await createTestDatabase<RegisterTables>()
  const capture = database.as('seloste_capture').db
  const startedAt = Temporal.Now.instant()
  const reported = (trunk: string | undefined, more: object = {}) => {
    const ids = { segmentId: randomUUID(), contactId: randomUUID() }
    return {
      ...callFacts(),
      ...ids,
      callIds: ['ucid:guessed'],
      startedAt,
      trunk,
      recording: { ...recordingFacts(), id: randomUUID() },
      ...more,
    }
  }
  // The stranger guesses the id and the exact millisecond, and reports before the trunk does.
  const stranger = reported('address:192.0.2.66')
  const legitimate = reported('trunk:border')
  const strangers = await admit(capture, stranger)
  const first = await admit(capture, legitimate)
  expect(first.contactId).not.toBe(strangers.contactId)
  // Repeated reports, and the trunk's next segment, belong to the trunk's own call.
  expect((await admit(capture, legitimate)).contactId).toBe(first.contactId)
  expect((await admit(capture, stranger)).contactId).toBe(strangers.contactId)
  const later = startedAt.add({ seconds: 1 })
  const second = await admit(
    capture,
    reported('trunk:border', { callIds: ['ucid:guessed', 'ucid:next'], startedAt: later }),
  )
  const third = await admit(capture, reported('trunk:border', { callIds: ['ucid:next'], startedAt: later }))
  expect(third.contactId).toBe(second.contactId)
  expect((await admit(capture, reported('address:192.0.2.66', { callIds: ['ucid:next'] }))).contactId).not.toBe(
    second.contactId,
  )
  // A feed's record belongs to the first trunk that reports its call afterwards, and to no other.
  const fed = await admit(capture, reported(undefined, { callIds: ['ucid:fed'] }))
  expect((await admit(capture, reported('trunk:border', { callIds: ['ucid:fed'] }))).contactId).toBe(fed.contactId)
  expect((await admit(capture, reported('address:192.0.2.66', { callIds: ['ucid:fed'] }))).contactId).not.toBe(
    fed.contactId,
  )
})

describe('250 silent sessions from one source within two seconds', () => {
  /** Opens sessions with two streams each that are never acknowledged. */
  async function flood(from: string, sessions: number): Promise<number[]> {
    const statuses = Array.from({ length: sessions }, async (_, n) => {
      const opening = written('rfc7865-baseline', {
        ...{ 'SIP/2.0/TCP 192.0.2.10:5060': `SIP/2.0/UDP ${from}:${stranger.port}`, z9hG4bKrec: `z9hG4bKflood${n}` },
        ...{ 'rec-1': `flood-${n}`, 'tag=a1': `tag=f${n}`, 'IN IP4 192.0.2.10': `IN IP4 ${from}` },
        'c2Vzc2lvbi1vbmUtMDAwMQ==': Buffer.from(`flood-${n}`).toString('base64'),
        'Z3JvdXAtb25lLTAwMDAwMQ==': Buffer.from(`group-${n}`).toString('base64'),
        ab30317f1a784dc48ff824d0d3715d86: `${n}`.padStart(32, '0'),
      })
      const callId = /^Call-ID: (.*)\r$/m.exec(opening)![1]!
      await stranger.send(opening)
      for (;;) {
        const answer = stranger.received.find((text) => /^SIP\/2\.0 [2-6]/.test(text) && text.includes(callId))
        if (answer !== undefined) return Number(answer.slice(8, 11))
        await wait(20)
      }
    })
    return Promise.all(statuses)
  }
  let stranger: Peer

  test('use only a part of the ports: the other sessions get 503 with Retry-After, another source is recorded, and the silent sessions end early', async () => {
    // Longer than the flood takes on a busy machine.
    await start({ limits: { scarceSilenceMs: 5_000 } })
    const legitimate = await client('127.0.0.1', 1)
    stranger = await openPeer('127.0.0.2', recorder.sipPort)
    peers.push(stranger)
    const statuses = await flood('127.0.0.2', 250)
    const claimed = statuses.filter((status) => status === 200).length
    expect(new Set(statuses)).toEqual(new Set([200, 503]))
    // With 50 port pairs an unconfigured source may have 18 silent sessions.
    expect(claimed).toBeLessThanOrEqual(9)
    expect(stranger.received.find((text) => text.startsWith('SIP/2.0 503'))).toMatch(/^retry-after: \d+\r$/im)
    expect(recorder.ports.refusedByShare).toBeGreaterThan(200)
    expect((await legitimate.open()).status).toBe(200)
    const speaking = legitimate.speakUntilStopped()
    // A continued flood changes nothing, and no session waits three minutes for its ports.
    await until(() => expect(recorder.recorder.live).toBe(1))
    expect(recorder.ports.inUse).toBe(2)
    // The silent sessions may have ended before the other source sent sound.
    await wait(1_000)
    await speaking.stop()
    await legitimate.bye()
    await until(() =>
      expect(
        segments().find(({ trunk }) => trunk === 'address:127.0.0.1')?.recording?.stored?.packetsReceived,
      ).toBeGreaterThan(50),
    )
  })
})
