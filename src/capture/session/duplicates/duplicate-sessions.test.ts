/** A call with two recording clients: when either ends, dies or falls silent, one segment and one recording continue. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  everyCall,
  inDialog,
  openSpeaker,
  openWiredRecorder,
  written,
  type Speaker,
  type WiredRecorder,
} from '#test/conformance/sip/wired-recorder.ts'
import { findPorts } from '#test/whole/free-ports.ts'

let inForce = everyCall
const { firstRtp } = await findPorts()
let folder = ''
let wired: WiredRecorder
const speakers: Speaker[] = []
const to: string[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-duplicates-'))
  inForce = everyCall
  wired = await openWiredRecorder(folder, {
    ...{ firstPort: 11_600, description: () => inForce, limits: { noMediaMs: 1_000 } },
  })
  for (const client of [1, 2, 3]) speakers[client] = await openSpeaker(mediaPort(client), 100 * client)
})
afterEach(async () => {
  await wired.stop()
  for (const speaker of speakers) speaker?.close()
  await rm(folder, { recursive: true })
})

const mediaPort = (client: number) => firstRtp + 10 * client

/** Returns a message of a client. The dialogs differ only by client; the second client has the official on its first line. */
function messageOf(client: number, name: string, changes: Record<string, string> = {}): string {
  return written(name, {
    ...{ 'rec-1': `rec-${client}`, 'tag=a1': `tag=a${client}`, 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1' },
    ...{ 'm=audio 40000': `m=audio ${mediaPort(client)}`, 'm=audio 40002': `m=audio ${mediaPort(client) + 2}` },
    ...(client === 2 && { 'a=label:1': 'a=label:x', 'a=label:2': 'a=label:1', 'a=label:x': 'a=label:2' }),
    ...changes,
  })
}

const within = (client: number, method: string, cseq: number, body?: string) =>
  inDialog(messageOf(client, 'rfc7865-baseline'), method, to[client]!, cseq, body)

interface Lines {
  client: number
  ports: number[]
}

/** Opens a client's session and acknowledges its answer. */
async function open(client: number, changes?: Record<string, string>): Promise<Lines> {
  const answer = await wired.exchange(messageOf(client, 'rfc7865-baseline', changes))
  to[client] = answer.to
  wired.call.send(within(client, 'ACK', 1))
  return { client, ports: [...answer.sdp.matchAll(/m=audio (\d+)/g)].map(([, port]) => Number(port)) }
}

const bye = (client: number) => wired.exchange(within(client, 'BYE', 900))
const transfer = (client: number) =>
  wired.exchange(messageOf(client, 'rfc7865-transfer', { 'tag=srs1': /tag=.*/.exec(to[client]!)![0] }))
const speak = ({ client, ports }: Lines, packets: number) => speakers[client]!.speak(ports, packets)
const startSpeaking = ({ client, ports }: Lines) => speakers[client]!.resume(ports)
const sentBy = ({ client }: Lines) => speakers[client]!.sent

const segments = () => wired.segments()
const takeovers = () => wired.recorder.counters.failovers
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 })
const stored = () => until(() => expect(segments()[0]?.recording?.stored).toBeDefined())
const voices = () => wired.voices(segments()[0])

test('the second session takes over when the first ends: one segment, one recording, each voice on its channel, no earlier packet', async () => {
  const [first, second] = [await open(1), await open(2)]
  expect(wired.recorder).toMatchObject({ live: 1, recording: 1 })
  await speak(first, 20)
  await speak(second, 20)
  await bye(1)
  await until(() => expect(takeovers()).toBe(1))
  await speak(second, 30)
  await bye(2)
  await stored()
  expect(segments()).toHaveLength(1)
  expect(segments()[0]).toMatchObject({ endInferred: false, marks: [], recording: { stored: { packetsLost: 0 } } })
  expect(segments()[0]?.recording?.stored?.packetsReceived).toBe(2 * 20 + 2 * 30)
  // The second client has the official on its first line.
  expect(await voices()).toEqual({ caller: [100, 201], official: [101, 200], mixed: [] })
  expect(segments()[0]?.recording?.stored?.reception?.streams.map(({ track }) => track)).toEqual([
    ...['caller', 'official', 'official', 'caller'],
  ])
  expect(wired.recorder.live).toBe(0)
  expect(wired.ports.inUse).toBe(0)
})

test('the second session takes over when the first falls silent, and the first takes over again as soon as it sends', async () => {
  const [first, second] = [await open(1), await open(2)]
  const [firstSpeech, secondSpeech] = [startSpeaking(first), startSpeaking(second)]
  await until(() => expect(sentBy(first)).toBeGreaterThan(30))
  expect(takeovers()).toBe(0)
  await firstSpeech.stop()
  await until(() => expect(takeovers()).toBe(1))
  expect(segments()[0]).toMatchObject({ captureState: 'recording' })
  const again = startSpeaking(first)
  await until(() => expect(takeovers()).toBe(2))
  await secondSpeech.stop()
  await again.stop()
  await bye(2)
  expect(wired.recorder.live).toBe(1)
  await bye(1)
  await stored()
  expect(segments()).toHaveLength(1)
  const received = await voices()
  expect(received.mixed).toEqual([])
  expect([...new Set(received.caller)].sort()).toEqual([100, 201])
  expect(segments()[0]).toMatchObject({ endInferred: false })
  expect(wired.ports.inUse).toBe(0)
})

test('if both sessions fall silent at the same time, the second does not take over', async () => {
  const [first, second] = [await open(1), await open(2)]
  const [firstSpeech, secondSpeech] = [startSpeaking(first), startSpeaking(second)]
  await until(() => expect(sentBy(second)).toBeGreaterThan(30))
  await Promise.all([firstSpeech.stop(), secondSpeech.stop()])
  await wait(1_500)
  expect(takeovers()).toBe(0)
})

test('the call ends with the first session if the second session is dead', async () => {
  await open(1)
  await open(2)
  await wait(1_500)
  await bye(1)
  await stored()
  expect(wired.recorder.live).toBe(0)
  expect(wired.ports.inUse).toBe(0)
})

test('a second session that ends before the first only releases its ports', async () => {
  const first = await open(1)
  await open(2)
  expect(wired.ports.inUse).toBe(4)
  await bye(2)
  await until(() => expect(wired.ports.inUse).toBe(2))
  await speak(first, 10)
  await bye(1)
  await stored()
  expect(takeovers()).toBe(0)
  expect(segments()[0]?.recording?.stored?.packetsReceived).toBe(20)
})

test('a transfer reported by the second session after it took over begins another segment', async () => {
  const [first, second] = [await open(1), await open(2)]
  await speak(first, 10)
  await speak(second, 10)
  await bye(1)
  await until(() => expect(takeovers()).toBe(1))
  await transfer(2)
  await until(() => expect(segments()).toHaveLength(2))
  await speak(second, 10)
  await bye(2)
  await until(() => expect(segments()[1]?.recording?.stored?.packetsReceived).toBe(20))
  expect(segments()[1]).toMatchObject({
    contactId: segments()[0]!.contactId,
    official: { phone: '+358295121002' },
  })
})

test('a transfer reported by the second session before it took over begins another segment when it takes over', async () => {
  const [first, second] = [await open(1), await open(2)]
  await speak(first, 10)
  await speak(second, 10)
  await transfer(2)
  expect(segments()).toHaveLength(1)
  await bye(1)
  await until(() => expect(segments()).toHaveLength(2))
  await speak(second, 10)
  await bye(2)
  await until(() => expect(segments()[1]?.recording?.stored?.packetsReceived).toBe(20))
  expect(segments().map(({ official }) => official?.phone)).toEqual(['+358295121001', '+358295121002'])
  expect(segments()[1]?.contactId).toBe(segments()[0]?.contactId)
  expect(wired.recorder.live).toBe(0)
  expect(wired.ports.inUse).toBe(0)
})

test('the call ends when one session reports its end, whatever the other session sends', async () => {
  const [first, second] = [await open(1), await open(2)]
  await speak(first, 10)
  await speak(second, 10)
  const ended =
    '<?xml version="1.0"?><recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>partial</datamode>' +
    '<session session_id="c2Vzc2lvbi1vbmUtMDAwMQ=="><stop-time>2027-03-03T08:04:00Z</stop-time></session></recording>'
  await wired.exchange(within(1, 'BYE', 900, ended))
  await speak(second, 10)
  await stored()
  expect(wired.recorder).toMatchObject({ live: 0, counters: { failovers: 0 } })
  expect(wired.ports.inUse).toBe(0)
  await bye(2)
  expect(segments()).toHaveLength(1)
})

test('a third session takes over after the second', async () => {
  const lines = [await open(1), await open(2), await open(3)]
  for (const line of lines) await speak(line, 10)
  await bye(1)
  await until(() => expect(takeovers()).toBe(1))
  for (const line of lines.slice(1)) await speak(line, 10)
  await bye(2)
  await until(() => expect(takeovers()).toBe(2))
  await speak(lines[2]!, 10)
  await bye(3)
  await stored()
  expect(segments()).toHaveLength(1)
  expect(segments()[0]?.recording?.stored?.packetsReceived).toBe(60)
})

test('both sessions of a history-only call are answered inactive, and the call ends with the last session', async () => {
  inForce = { ...everyCall, recordingPlan: { ...everyCall.recordingPlan, rules: [] } }
  await open(1)
  const answer = await wired.exchange(messageOf(2, 'rfc7865-baseline'))
  to[2] = answer.to
  expect(answer.sdp).not.toContain('a=recvonly')
  await bye(1)
  await until(() => expect(takeovers()).toBe(1))
  expect(wired.recorder.live).toBe(1)
  await bye(2)
  await until(() => expect(segments()[0]?.endedAt).toBeDefined())
  expect(segments()).toHaveLength(1)
  expect(wired.ports.inUse).toBe(0)
})

test('a forbidden recording stays forbidden if its call continues', async () => {
  const [first, second] = [await open(1), await open(2)]
  await speak(first, 10)
  await speak(second, 10)
  await wired.recorder.forbid(segments()[0]!.recording!.id, true)
  await bye(1)
  await until(() => expect(takeovers()).toBe(1))
  await speak(second, 10)
  await bye(2)
  await until(() => expect(segments()[0]?.endedAt).toBeDefined())
  expect(segments()).toHaveLength(1)
  expect(segments()[0]).toMatchObject({ captureState: 'not-recorded', recording: { gone: true } })
  expect(segments()[0]?.recording?.stored).toBeUndefined()
})

test('a session that replaces the first takes over its duplicate: when the new session ends, the duplicate continues', async () => {
  const [first, second] = [await open(1), await open(2)]
  await speak(first, 10)
  await speak(second, 10)
  const message = messageOf(1, 'rfc7865-baseline')
  const [id, from] = [/Call-ID: (\S+)/i, /From:.*tag=([^;\s]+)/i].map((field) => field.exec(message)![1]!)
  const replaces = `Replaces: ${id};to-${/tag=.*$/.exec(to[1]!)![0]};from-tag=${from}`
  const third = await open(3, { 'CSeq:': `${replaces}\r\nCSeq:` })
  await speak(third, 20)
  await speak(second, 20)
  await bye(3)
  await expect.poll(takeovers).toBe(1)
  await speak(second, 30)
  await expect.poll(() => wired.recorder.live, { timeout: 5_000 }).toBe(1)
  await bye(2)
  await expect.poll(() => wired.recorder.live).toBe(0)
  expect(wired.ports.inUse).toBe(0)
  await stored()
  expect(segments().map(({ recording }) => recording?.stored?.packetsReceived)).toEqual([2 * 10, 2 * 20 + 2 * 30])
})
