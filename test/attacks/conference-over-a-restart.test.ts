/** A conference in which each official has a session of their own, over a restart of capture (R8, R16, R17, L18). */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { walkChunk } from '#register/recordings/recording-log.ts'
import { openNextProcess } from '#test/conformance/sip/next-process.ts'
import {
  everyCall,
  inDialog,
  openSpeaker,
  written,
  type Speaker,
  type WiredRecorder,
} from '#test/conformance/sip/wired-recorder.ts'
import { readSavedSessions } from '#capture/session/recovery/saved-sessions.ts'
import { savedSessionsFolder } from '#capture/session/recovery/saved-calls.ts'

const firstRtp = 23_200
let folder = ''
let wired: WiredRecorder
let stop: () => Promise<void>
const speakers: Speaker[] = []
const to: string[] = []
const mediaPort = (client: number) => firstRtp + 10 * client

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-resumed-'))
  for (const client of [1, 2]) speakers[client] = await openSpeaker(mediaPort(client), 100 * client)
  await start()
})
afterEach(async () => {
  await stop()
  for (const speaker of speakers) speaker?.close()
  await rm(folder, { recursive: true })
})
async function start(): Promise<void> {
  ;({ wired, stop } = await openNextProcess(folder, { firstPort: 23_000, description: () => everyCall }))
}
/** Client 1 reports the official 1001, client 2 the official 1002. */
function inviteOf(client: number): string {
  return written('rfc7865-baseline', {
    ...{ 'rec-1': `rec-${client}`, 'tag=a1': `tag=a${client}`, 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1' },
    ...{ 'm=audio 40000': `m=audio ${mediaPort(client)}`, 'm=audio 40002': `m=audio ${mediaPort(client) + 2}` },
    ...(client === 2 && { '+358295121001': '+358295121002', 'cGFydC1vZmZpY2lhbC0wMQ==': 'cGFydC1vZmZpY2lhbC0wMg==' }),
  })
}
async function open(client: number): Promise<number[]> {
  const answer = await wired.exchange(inviteOf(client))
  to[client] = answer.to
  wired.call.send(Buffer.from(inDialog(inviteOf(client), 'ACK', to[client], 1), 'latin1'), { address: '192.0.2.10' })
  return [...answer.sdp.matchAll(/m=audio (\d+)/g)].map(([, port]) => Number(port))
}
const bye = (client: number) => wired.exchange(inDialog(inviteOf(client), 'BYE', to[client]!, 900))
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 })
const pause = (ms: number) => new Promise((r) => setTimeout(r, ms))
const saved = () => readSavedSessions(savedSessionsFolder({ dataDirectory: folder }), Date.now()).length

async function speakAll(ports: Record<number, number[]>, packets: number): Promise<void> {
  for (let n = 0; n < packets; n++) {
    for (const [client, to] of Object.entries(ports)) await speakers[Number(client)]!.speak(to, 1)
    await pause(5)
  }
  await pause(300)
}
const officials = () => wired.segments().map(({ official, captureState }) => [official?.personId, captureState])
/** Returns how many packets are in the last recording of an official. */
async function packetsOf(person: string): Promise<number> {
  const segment = wired.segments().findLast(({ official }) => official?.personId === person)
  await until(() => expect(segment?.recording?.stored).toBeDefined())
  const { index, openChunk } = await wired.opened(segment)
  let packets = 0
  for (let n = 0; n < index.chunks.length; n++) walkChunk(await openChunk(n), { packet: () => void packets++ })
  return packets
}

test('a conference is in neither recording after a restart of capture, and the rest of the call is', async () => {
  const firstPorts = await open(1)
  await speakers[1]!.speak(firstPorts, 20)
  await until(() => expect(saved()).toBe(1))
  const secondPorts = await open(2)
  await until(() =>
    expect(officials()).toEqual([
      ['1001', 'paused'],
      ['1002', 'paused'],
    ]),
  )
  await until(() => expect(saved()).toBe(2))
  await stop()
  await start()
  await speakAll({ 1: firstPorts, 2: secondPorts }, 30)
  await until(() =>
    expect(officials()).toEqual(
      expect.arrayContaining([
        ['1001', 'paused'],
        ['1002', 'paused'],
      ]),
    ),
  )
  // A request of one client does not end the conference.
  await wired.exchange(inDialog(inviteOf(1), 'INVITE', to[1]!, 800))
  wired.call.send(Buffer.from(inDialog(inviteOf(1), 'ACK', to[1]!, 800), 'latin1'), { address: '192.0.2.10' })
  await speakAll({ 1: firstPorts, 2: secondPorts }, 10)
  await bye(1)
  await until(() => expect(wired.recorder.live).toBe(1))
  await until(() => expect(officials()).toContainEqual(['1002', 'recording']))
  await speakAll({ 2: secondPorts }, 10)
  await bye(2)
  await until(() => expect(wired.recorder.live).toBe(0))
  expect(await packetsOf('1001')).toBe(0)
  expect(await packetsOf('1002')).toBe(20)
}, 60_000)

test('once a conference has ended, a restart of capture loses nothing of the rest', async () => {
  const firstPorts = await open(1)
  await speakers[1]!.speak(firstPorts, 20)
  const secondPorts = await open(2)
  await until(() =>
    expect(officials()).toEqual([
      ['1001', 'paused'],
      ['1002', 'paused'],
    ]),
  )
  await bye(1)
  await until(() => expect(officials()).toContainEqual(['1002', 'recording']))
  await until(() => expect(saved()).toBe(1))
  await stop()
  await start()
  await speakAll({ 2: secondPorts }, 10)
  await until(() => expect(officials()).toContainEqual(['1002', 'recording']))
  await bye(2)
  await until(() => expect(wired.recorder.live).toBe(0))
  expect(await packetsOf('1002')).toBe(20)
}, 60_000)

test('a session counts as part of a conference at other captures only once its client has acknowledged it', async () => {
  const activity = () => wired.recorder.conferences.activityOf(wired.segments().map(({ segmentId }) => segmentId))
  const answer = await wired.exchange(inviteOf(1))
  const [{ segmentId } = {}] = wired.segments()
  expect(activity()).toEqual({ speaking: [], silent: [segmentId] })
  wired.call.send(Buffer.from(inDialog(inviteOf(1), 'ACK', answer.to, 1), 'latin1'), { address: '192.0.2.10' })
  await until(() => expect(activity()).toEqual({ speaking: [segmentId], silent: [] }))
  // Another capture has a session of the call: recording pauses until it has ended, and the own official still counts as speaking.
  wired.recorder.conferences.learn([segmentId!])
  await until(() => expect(officials()).toEqual([['1001', 'paused']]))
  expect(activity().speaking).toEqual([segmentId])
  await until(() => expect(saved()).toBe(1))
  await stop()
  await start()
  await speakAll({ 1: [...answer.sdp.matchAll(/m=audio (\d+)/g)].map(([, port]) => Number(port)) }, 10)
  await until(() => expect(officials()).toEqual([['1001', 'paused']]))
  // An answer that was sent before the register had the new segment.
  wired.recorder.conferences.learn([])
  await pause(50)
  expect(officials()).toEqual([['1001', 'paused']])
  to[1] = answer.to
  await bye(1)
  await until(() => expect(wired.recorder.live).toBe(0))
  expect(await packetsOf('1001')).toBe(0)
}, 60_000)
