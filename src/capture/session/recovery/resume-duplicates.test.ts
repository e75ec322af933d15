/** A call recorded by two clients continues in the next process in whichever of its sessions remains (R16, R17). */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
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
import { findPorts } from '#test/whole/free-ports.ts'
import { readSavedSessions } from './saved-sessions.ts'
import { savedSessionsFolder } from './saved-calls.ts'

const { firstRtp } = await findPorts()
let folder = ''
let wired: WiredRecorder
let stop: () => Promise<void>
const speakers: Speaker[] = []
const to: string[] = []

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

const mediaPort = (client: number) => firstRtp + 10 * client

async function start(): Promise<void> {
  ;({ wired, stop } = await openNextProcess(folder, { firstPort: 11_900, description: () => everyCall }))
}

/** Message of one of two clients whose dialogs are otherwise equal. */
function messageOf(client: number): string {
  return written('rfc7865-baseline', {
    ...{ 'rec-1': `rec-${client}`, 'tag=a1': `tag=a${client}`, 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1' },
    ...{ 'm=audio 40000': `m=audio ${mediaPort(client)}`, 'm=audio 40002': `m=audio ${mediaPort(client) + 2}` },
  })
}

/** Opens the session of one client. Returns our ports. */
async function open(client: number): Promise<number[]> {
  const answer = await wired.exchange(messageOf(client))
  to[client] = answer.to
  wired.call.send(inDialog(messageOf(client), 'ACK', to[client], 1))
  return [...answer.sdp.matchAll(/m=audio (\d+)/g)].map(([, port]) => Number(port))
}

const bye = (client: number) => wired.exchange(inDialog(messageOf(client), 'BYE', to[client]!, 900))
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 })
const stored = () => wired.segments()[0]?.recording?.stored

/** Records both clients, then restarts capture as another process. Returns the ports by client. */
async function recordBothAndRestart(): Promise<Record<1 | 2, number[]>> {
  const ports = { 1: await open(1), 2: await open(2) }
  await speakers[1]!.speak(ports[1], 20)
  await speakers[2]!.speak(ports[2], 20)
  const savedDuplicates = () =>
    readSavedSessions(savedSessionsFolder({ dataDirectory: folder }), Date.now()).map(
      ({ twins: duplicates = [] }) => duplicates.length,
    )
  await until(() => expect(savedDuplicates()).toEqual([1]))
  await stop()
  await start()
  return ports
}

const ofDialog = {
  dialog: 'encoding localAddress source state',
  'dialog.source': 'address port transport',
  'dialog.state':
    'callId localAddress localSequence localTag remoteAddress remoteSequence remoteTag remoteTarget routeSet',
  clock: 'behindMs toldAnswer',
}
const ofStreams = {
  streams: 'accepted answered codecs direction index label paused remote storage',
  'streams.codecs': 'channels clockRate encoding payloadType',
  'streams.remote': 'address basis port',
}
/**
 * Members of a saved session of format 2, by path. Later versions read them (R9): another name needs another format.
 */
const format2 = {
  '': 'answerVersion beganAtMs clock described dialog facts format halves headers isForbidden joined metadata ports sdpSessionId segmentId streams tracks twins',
  ...ofDialog,
  ...ofStreams,
  twins: 'beganAtMs clock described dialog headers place ports sdpSessionId',
  ...Object.fromEntries(Object.entries(ofDialog).map(([path, names]) => [`twins.${path}`, names])),
  'twins.place': 'answerVersion claims hasPassedOn metadata named paused streams tracks',
  ...Object.fromEntries(Object.entries(ofStreams).map(([path, names]) => [`twins.place.${path}`, names])),
}

test('a saved session has the members of format 2', async () => {
  await recordBothAndRestart()
  const [file = ''] = await readdir(savedSessionsFolder({ dataDirectory: folder }))
  const saved: unknown = JSON.parse(await readFile(join(savedSessionsFolder({ dataDirectory: folder }), file), 'utf8'))
  const at = (path: string) =>
    path.split('.').reduce<unknown>((value, name) => {
      const next = name === '' ? value : (value as Record<string, unknown>)[name]
      return Array.isArray(next) ? next[0] : next
    }, saved)
  const found = Object.keys(format2).map((path) => [
    path,
    Object.keys(at(path) as object)
      .toSorted()
      .join(' '),
  ])
  expect(Object.fromEntries(found)).toEqual(format2)
})

test('the second client takes over if the first no longer exists', async () => {
  const ports = await recordBothAndRestart()
  const speaking = speakers[2]!.resume(ports[2])
  await until(() => expect(wired.recorder.counters.failovers).toBe(1))
  await until(() => expect(speakers[2]!.sent).toBeGreaterThan(150))
  await speaking.stop()
  await bye(1)
  expect(wired.recorder.recording).toBe(1)
  await bye(2)
  await until(() => expect(stored()?.packetsReceived).toBeGreaterThan(50))
  expect(wired.segments()).toHaveLength(1)
  expect(await wired.voices(wired.segments()[0])).toEqual({ caller: [200], official: [201], mixed: [] })
  expect(wired.recorder.live).toBe(0)
  expect(wired.ports.inUse).toBe(0)
})

test('a first client that sends BYE before any media leaves the call to the second', async () => {
  const ports = await recordBothAndRestart()
  await bye(1)
  await until(() => expect(wired.recorder.counters.failovers).toBe(1))
  await speakers[2]!.speak(ports[2], 30)
  await bye(2)
  await until(() => expect(stored()).toMatchObject({ packetsReceived: 60, packetsLost: 0 }))
  expect(wired.segments()[0]).toMatchObject({ endInferred: false })
  expect(wired.ports.inUse).toBe(0)
})

test('a second client that sends BYE before any media ends, and the first continues', async () => {
  const ports = await recordBothAndRestart()
  await bye(2)
  await speakers[1]!.speak(ports[1], 30)
  await until(() => expect(wired.recorder.recording).toBe(1))
  await bye(1)
  await until(() => expect(stored()).toMatchObject({ packetsReceived: 60, packetsLost: 0 }))
  expect(wired.ports.inUse).toBe(0)
})

test('a session of the second client that took over and then reports another caller is another contact, also after a restart', async () => {
  const ports = { 1: await open(1), 2: await open(2) }
  for (const client of [1, 2] as const) await speakers[client]!.speak(ports[client], 20)
  await bye(1)
  await until(() => expect(wired.recorder.counters.failovers).toBe(1))
  const saved = () => readSavedSessions(savedSessionsFolder({ dataDirectory: folder }), Date.now())
  await until(() => expect(saved().map(({ dialog }) => dialog.state.callId)).toEqual(['rec-2@src.example.net']))
  await stop()
  await start()
  await speakers[2]!.speak(ports[2], 20)
  await until(() => expect(wired.recorder.recording).toBe(1))
  const metadata = /<\?xml[^]*<\/recording>/.exec(messageOf(2))![0].replace('+358401234567', '+358509998877')
  await wired.exchange(inDialog(messageOf(2), 'UPDATE', to[2]!, 5, metadata))
  const speaking = speakers[2]!.resume(ports[2])
  await until(() => expect(speakers[2]!.sent).toBeGreaterThan(60))
  await speaking.stop()
  await bye(2)
  const stored = () => wired.segments().map(({ caller, recording }) => [caller.key, recording?.stored?.packetsReceived])
  await until(() =>
    expect(stored()).toEqual([
      ['+358401234567', 40],
      ['+358509998877', expect.toSatisfy((packets: number) => packets > 20)],
    ]),
  )
  expect(new Set(wired.segments().map(({ contactId }) => contactId)).size).toBe(2)
})
