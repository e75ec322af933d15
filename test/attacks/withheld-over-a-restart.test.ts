// Promise: the number of a caller who withholds it is nowhere (AC9). The attack: of two recording clients only one says that the number is
// withheld, and capture restarts during the call.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
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

const firstRtp = 20_400
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
  ;({ wired, stop } = await openNextProcess(folder, { firstPort: 20_300, description: () => everyCall }))
}
/** Only client 2 says that the number is withheld. */
function inviteOf(client: number): string {
  return written('rfc7865-baseline', {
    ...{ 'rec-1': `rec-${client}`, 'tag=a1': `tag=a${client}`, 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1' },
    ...{ 'm=audio 40000': `m=audio ${mediaPort(client)}`, 'm=audio 40002': `m=audio ${mediaPort(client) + 2}` },
    ...(client === 2 && { 'Max-Forwards: 70': 'Max-Forwards: 70\r\nPrivacy: id' }),
  })
}
async function open(client: number): Promise<number[]> {
  const answer = await wired.exchange(inviteOf(client))
  to[client] = answer.to
  wired.call.send(Buffer.from(inDialog(inviteOf(client), 'ACK', to[client], 1), 'latin1'), { address: '192.0.2.10' })
  return [...answer.sdp.matchAll(/m=audio (\d+)/g)].map(([, port]) => Number(port))
}
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
const callers = () => wired.segments().map(({ caller, official }) => [caller.kind, official?.phone])

test('a number that only the second client withholds is not stored when the first one reports a transfer after a restart', async () => {
  const firstPorts = await open(1)
  await speakers[1]!.speak(firstPorts, 20)
  const secondPorts = await open(2)
  await until(() => expect(callers()).toEqual([['withheld', '+358295121001']]))
  await until(() => expect(saved()).toBe(1))
  await stop()
  await start()
  await speakAll({ 1: firstPorts, 2: secondPorts }, 20)
  const text = inviteOf(1)
  const metadata = text.slice(text.indexOf('<?xml'), text.indexOf('</recording>') + '</recording>'.length)
  const transferred = metadata
    .replaceAll('+358295121001', '+358295121002')
    .replaceAll('cGFydC1vZmZpY2lhbC0wMQ==', 'cGFydC1vZmZpY2lhbC0wMg==')
  await wired.exchange(inDialog(text, 'UPDATE', to[1]!, 800, transferred))
  await until(() => expect(callers()).toHaveLength(2))
  expect(callers()).toEqual([
    ['withheld', '+358295121001'],
    ['withheld', '+358295121002'],
  ])
  expect(new Set(wired.segments().map(({ contactId }) => contactId)).size).toBe(1)
}, 60_000)
