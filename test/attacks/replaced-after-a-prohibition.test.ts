/**
 * Promise: a call whose recording was forbidden is not recorded again (R49, R50), and a call is entered once (R9). The attack:
 * the client replaces its session (RFC 3891) by one with other recording ids, as the second of two border controllers does.
 */
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

const firstRtp = 27_200
let folder = ''
let wired: WiredRecorder
let stop: () => Promise<void>
const speakers: Speaker[] = []
const toHeaders: string[] = []
const mediaPort = (client: number) => firstRtp + 10 * client

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-replaced-'))
  for (const client of [1, 2]) speakers[client] = await openSpeaker(mediaPort(client), 100 * client)
  await start()
})
afterEach(async () => {
  await stop()
  for (const speaker of speakers) speaker?.close()
  await rm(folder, { recursive: true })
})
async function start(): Promise<void> {
  ;({ wired, stop } = await openNextProcess(folder, { firstPort: 27_000, description: () => everyCall }))
}

/** INVITE of a client; the two clients’ metadata have different ids. */
function invite(client: number, changes: Record<string, string> = {}): string {
  return written('rfc7865-baseline', {
    ...{ 'rec-1': `rec-${client}`, 'tag=a1': `tag=a${client}`, 'IN IP4 192.0.2.10': 'IN IP4 127.0.0.1' },
    ...{ 'm=audio 40000': `m=audio ${mediaPort(client)}`, 'm=audio 40002': `m=audio ${mediaPort(client) + 2}` },
    ...(client === 2 && {
      ...{ 'Z3JvdXAtb25lLTAwMDAwMQ==': 'Z3JvdXAtdHdv', 'c2Vzc2lvbi1vbmUtMDAwMQ==': 'c2Vzc2lvbi10d28=' },
      ...{ ab30317f1a784dc48ff824d0d3715d86: '1'.repeat(32), '47755a9de7794ba387653f2099600ef2': '2'.repeat(32) },
    }),
    ...changes,
  })
}
async function open(client: number, changes?: Record<string, string>): Promise<number[]> {
  const answer = await wired.exchange(invite(client, changes))
  toHeaders[client] = answer.to
  wired.call.send(Buffer.from(inDialog(invite(client), 'ACK', toHeaders[client], 1), 'latin1'), {
    address: '192.0.2.10',
  })
  return [...answer.sdp.matchAll(/m=audio (\d+)/g)].map(([, port]) => Number(port))
}
const bye = (client: number) => wired.exchange(inDialog(invite(client), 'BYE', toHeaders[client]!, 900))
const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 })
const replacing = (client: number) => {
  const replaces = `Replaces: rec-${client}@src.example.net;to-${/tag=.*$/.exec(toHeaders[client]!)![0]};from-tag=a${client}`
  return { 'CSeq:': `${replaces}\r\nCSeq:` }
}
const allEnded = () => until(() => expect(wired.segments().every(({ endedAt }) => endedAt)).toBe(true))
const contacts = () => [...new Set(wired.segments().map(({ contactId }) => contactId))]

test.each([false, true])(
  'a session with new ids that replaces a forbidden one is the same call and is not recorded (after a restart: %s)',
  async (restarts) => {
    await speakers[1]!.speak(await open(1), 10)
    const { contactId, recording } = wired.segments()[0]!
    await wired.recorder.forbid(recording!.id, true)
    if (restarts) {
      await stop()
      await start()
    }
    await speakers[2]!.speak(await open(2, replacing(1)), 10)
    await bye(2)
    await allEnded()
    expect(contacts()).toEqual([contactId])
    expect(wired.segments().at(-1)).toMatchObject({ captureFailure: 'forbidden' })
    expect(wired.segments().filter(({ recording }) => recording && !recording.gone)).toEqual([])
  },
)

test.each([false, true])(
  'a session with new ids that replaces a recorded one belongs to the same call (after a restart: %s)',
  async (restarts) => {
    await speakers[1]!.speak(await open(1), 10)
    const { contactId } = wired.segments()[0]!
    if (restarts) {
      await stop()
      await start()
    }
    await speakers[2]!.speak(await open(2, replacing(1)), 10)
    await bye(2)
    await allEnded()
    expect(contacts()).toEqual([contactId])
    expect(wired.segments().at(-1)?.recording).toBeDefined()
  },
)
