/**
 * Tests, by a client's real SIP and RTP, from which addresses media are accepted, to which streams they belong and
 * until when.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mediaReachability } from '#app/capture/media-addresses.ts'
import { trunkNaming } from '#capture/session/reading/trunks.ts'
import { alawSamples } from '#register/recordings/decode-g711.ts'
import { renderAudio } from '#register/recordings/render-audio.ts'
import { openClient, openLoopbackRecorder, type LoopbackRecorder } from '#test/attacks/loopback-recorder.ts'
import { everyCall } from './wired-recorder.ts'

let folder = ''
let recorder: LoopbackRecorder
const clients: { close(): void }[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-media-'))
})
afterEach(async () => {
  await recorder.stop()
  for (const one of clients.splice(0)) one.close()
  await rm(folder, { recursive: true })
})

async function start(given: Partial<Parameters<typeof openLoopbackRecorder>[1]> = {}): Promise<void> {
  recorder = await openLoopbackRecorder(folder, { firstPort: 12_100, description: () => everyCall, ...given })
}

async function openTestClient(
  changes: Record<string, string> = {},
  media: Parameters<typeof openClient>[4] = {},
  n = 1,
) {
  const one = await openClient(recorder, '127.0.0.1', n, changes, media)
  clients.push(one)
  return one
}

const waitUntilStored = async () => {
  await vi.waitFor(() => expect(recorder.segments()[0]?.recording?.stored).toBeDefined(), { timeout: 20_000 })
  return recorder.segments()[0]!
}

test('IPv6 media get 488 if only IPv4 is bound, at the start and during the call, which continues unchanged', async () => {
  await start({ isReachable: mediaReachability('127.0.0.1') })
  const ipv6Client = await openTestClient({ 'IN IP4 127.0.0.1': 'IN IP6 2001:db8::5' })
  const refused = await ipv6Client.open()
  expect([refused.status, refused.text.split('\r\n')[0]]).toEqual([
    488,
    'SIP/2.0 488 Media Address Of Another IP Version',
  ])
  expect(recorder.segments()).toEqual([])
  expect(recorder.ports.inUse).toBe(0)
  const one = await openTestClient({}, {}, 2)
  expect((await one.open()).status).toBe(200)
  await one.speak(30)
  const moved = one.opening
    .replace(/^To: .*$/m, `To: ${one.to}`)
    .replace(/^CSeq: .*$/m, 'CSeq: 2 INVITE')
    .replace(/branch=\S+/, 'branch=z9hG4bKmoved')
    .replaceAll('IN IP4 127.0.0.1', 'IN IP6 2001:db8::5')
    .replace(/^Content-Length: (\d+)/m, (_, bytes: string) => `Content-Length: ${Number(bytes) + 2 * 2}`)
  expect((await one.peer.exchange(moved)).status).toBe(488)
  await one.speak(30)
  await one.bye()
  expect((await waitUntilStored()).recording?.stored?.packetsReceived).toBe(120)
})

test('a call with IPv6 media that is not to be recorded is answered if only IPv4 is bound, and is in the history', async () => {
  const noRule = { ...everyCall, recordingPlan: { ...everyCall.recordingPlan, rules: [] } }
  await start({ isReachable: mediaReachability('127.0.0.1'), description: () => noRule })
  const ipv6Client = await openTestClient({ 'IN IP4 127.0.0.1': 'IN IP6 2001:db8::5' })
  const answered = await ipv6Client.open()
  expect(answered.status).toBe(200)
  expect(answered.text).toContain('a=inactive')
  await vi.waitFor(() => expect(recorder.segments()).toHaveLength(1))
  // A refresh of the call is answered too.
  const again = ipv6Client.opening
    .replace(/^To: .*$/m, `To: ${ipv6Client.to}`)
    .replace(/^CSeq: .*$/m, 'CSeq: 2 INVITE')
    .replace(/branch=\S+/, 'branch=z9hG4bKagain')
  expect((await ipv6Client.peer.exchange(again)).status).toBe(200)
  await ipv6Client.bye()
  await vi.waitFor(() => expect(recorder.segments()[0]?.endedAt).toBeDefined())
  expect(recorder.segments()[0]).toMatchObject({ decision: { record: false } })
  expect(recorder.segments()[0]?.recording).toBeUndefined()
  expect(recorder.ports.inUse).toBe(0)
})

test('media sent after the BYE are not recorded', { timeout: 30_000 }, async () => {
  await start()
  const one = await openTestClient()
  await one.open()
  for (let n = 0; n < 60; n++) {
    await one.speak(1)
    await wait(20)
  }
  // A packet of each voice arrives with the BYE; then the client sends for another half second.
  await Promise.all([one.bye(), one.speak(1)])
  for (let n = 0; n < 24; n++) {
    await wait(20)
    await one.speak(1)
  }
  const { recording, marks } = await waitUntilStored()
  const received = recording?.stored?.packetsReceived ?? 0
  expect(received).toBeGreaterThanOrEqual(120)
  expect(received).toBeLessThanOrEqual(122)
  expect([marks, recording?.stored?.packetsLost]).toEqual([[], 0])
})

test(
  'media sent before the BYE, by the client’s clock, that arrive after it are recorded',
  { timeout: 30_000 },
  async () => {
    await start()
    const one = await openTestClient()
    await one.open()
    for (let n = 0; n < 30; n++) {
      await one.speak(1)
      await wait(20)
    }
    await wait(100)
    await one.bye()
    await wait(120)
    await one.speak(2)
    const { recording, marks } = await waitUntilStored()
    expect([marks, recording?.stored?.packetsReceived, recording?.stored?.packetsLost]).toEqual([[], 64, 0])
  },
)

test('a mixed stream beside a stream of each voice is in neither channel, and the call is marked', async () => {
  await start()
  const ids = ['c3RyZWFtLW9uZS0wMDAwMQ==', 'c3RyZWFtLXR3by0wMDAwMg==', 'c3RyZWFtLW1peC0wMDAwMw==']
  const one = await openTestClient(
    {
      'a=label:2\r\na=sendonly\r\n': `a=label:2\r\na=sendonly\r\nm=audio 26014 RTP/AVP 8\r\na=label:3\r\na=sendonly\r\n`,
      '<label>2</label></stream>': `<label>2</label></stream><stream stream_id="${ids[2]}" session_id="c2Vzc2lvbi1vbmUtMDAwMQ=="><label>3</label></stream>`,
      [`<send>${ids[0]}</send>`]: `<send>${ids[0]}</send><send>${ids[2]}</send>`,
      [`<send>${ids[1]}</send>`]: `<send>${ids[1]}</send><send>${ids[2]}</send>`,
    },
    { sounds: [0x80, 0x90, 0xa0] },
  )
  expect((await one.open()).ports).toHaveLength(3)
  for (let n = 0; n < 150; n++) {
    await one.speak(1)
    await wait(10)
  }
  await one.bye()
  const segment = await waitUntilStored()
  expect(segment.marks).toEqual(['mixed-beside'])
  expect(await recorder.voices(segment)).toEqual({ caller: [100], official: [101], mixed: [102] })
  const { index, openChunk } = await recorder.opened(segment)
  const pcm = await renderAudio(index, openChunk, 0, index.durationSamples)
  const received = [new Set<number>(), new Set<number>()]
  for (let at = 0; at < pcm.length; at += 4)
    for (const lane of [0, 1]) received[lane]!.add(pcm.readInt16LE(at + 2 * lane))
  const levels = received.map((lane) => [...lane].filter((level) => level !== 0))
  expect(levels).toEqual([[alawSamples[0x80]], [alawSamples[0x90]]])
  expect(index.peaks.map((lane) => Math.max(...lane))).toEqual(levels.map(([level]) => Math.abs(level!) >> 7))
})

test('RTP from an address other than the SDP’s is not recorded, and the recording names the address', async () => {
  await start()
  const one = await openTestClient({}, { mediaAddress: '127.0.0.7' })
  await one.open()
  await one.speak(60)
  await one.bye()
  const { marks, recording } = await waitUntilStored()
  expect(marks).toEqual(['media-elsewhere', 'incomplete'])
  expect(recording?.stored).toMatchObject({ packetsReceived: 0, reception: { elsewhere: '127.0.0.7' } })
})

test('media from another address of a latching trunk are recorded completely', async () => {
  const trunks = [{ name: 'behind-nat', from: ['127.0.0.1', '127.0.0.4/30'], latching: true }]
  await start(trunkNaming(trunks))
  const one = await openTestClient({}, { mediaAddress: '127.0.0.7' })
  await one.open()
  for (let n = 0; n < 60; n++) {
    await one.speak(1)
    await wait(20)
  }
  await one.bye()
  const { marks, recording } = await waitUntilStored()
  expect(marks).toEqual([])
  expect(recording?.stored).toMatchObject({ packetsReceived: 120, packetsLost: 0 })
})
