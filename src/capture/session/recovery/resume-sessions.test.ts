/** Calls that continue in the next process: resumed sessions and voices (R16, R17). */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
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
import { savedSessionsFolder } from './saved-calls.ts'
import { firstHeader } from '../../sip/message.ts'
import type { RecorderLimits } from '../recorder-options.ts'

const { firstRtp } = await findPorts()
const spokenFrom = { near: firstRtp, far: firstRtp + 4 }
let folder = ''
let wired: WiredRecorder
let stop: () => Promise<void>
let near: Speaker
let far: Speaker
let description = everyCall

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seloste-resumed-'))
  description = everyCall
  near = await openSpeaker(spokenFrom.near, 100)
  far = await openSpeaker(spokenFrom.far, 200)
  await start()
})
afterEach(async () => {
  await stop()
  for (const speaker of [near, far]) speaker.close()
  await rm(folder, { recursive: true })
})

async function start(limits: Partial<RecorderLimits> = {}): Promise<void> {
  ;({ wired, stop } = await openNextProcess(folder, { firstPort: 11_800, description: () => description, limits }))
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 5 })
const files = async () =>
  (await readdir(savedSessionsFolder({ dataDirectory: folder }))).filter((name) => name.endsWith('.json'))

/** Opens one end of Cisco's bridge, which offers in its ACK. Returns our port and our To. */
async function open(end: 'near' | 'far'): Promise<{ port: number; to: string }> {
  const { sdp, to } = await wired.exchange(written(`cucm-${end}-end`))
  const ack = {
    ...{ '192.0.2.42': '127.0.0.1', 'm=audio 24000': `m=audio ${spokenFrom.near}` },
    ...{ 'm=audio 24004': `m=audio ${spokenFrom.far}`, '<sip:029497000@192.0.2.200>;tag=srs1': to },
  }
  wired.call.send(Buffer.from(written(`cucm-${end}-end-ack`, ack), 'latin1'), { address: '192.0.2.10' })
  return { port: Number(/m=audio (\d+)/.exec(sdp)?.[1]), to }
}

const bye = (end: 'near' | 'far', to: string) =>
  wired.exchange(inDialog(written(`cucm-${end}-end`), 'BYE', to, 999_999))

test('both halves of a call of Cisco’s bridge are resumed, into one recording of one more segment', async () => {
  const [nearEnd, farEnd] = [await open('near'), await open('far')]
  await near.speak([nearEnd.port], 20)
  await far.speak([farEnd.port], 20)
  expect(await files()).toHaveLength(1)
  await stop()
  await start()
  await near.speak([nearEnd.port], 30)
  await far.speak([farEnd.port], 30)
  await until(() => expect(wired.recorder.recording).toBe(1))
  // A client may send requests in either of its dialogs; both were resumed.
  await bye('far', farEnd.to)
  await bye('near', nearEnd.to)
  await until(() => expect(wired.segments()[0]?.recording?.stored).toBeDefined())
  expect(wired.segments()).toHaveLength(1)
  expect(wired.segments()[0]?.recording?.stored).toMatchObject({ packetsReceived: 60, packetsLost: 0 })
  expect(await wired.voices(wired.segments()[0])).toEqual({ caller: [200], official: [100], mixed: [] })
  expect(wired.recorder.live).toBe(0)
  expect(wired.ports.inUse).toBe(0)
  await until(async () => expect(await files()).toEqual([]))
})

test('a request in one of two split-direction sessions resumes the call, and a session that has ended stays ended', async () => {
  const [nearEnd, farEnd] = [await open('near'), await open('far')]
  await near.speak([nearEnd.port], 20)
  await stop()
  await start()
  const reinvite = inDialog(written('cucm-far-end'), 'INVITE', farEnd.to, 999_990)
  expect((await wired.exchange(reinvite)).sdp).toContain(`m=audio ${farEnd.port} `)
  expect(wired.recorder.live).toBe(1)
  await stop()
  await start()
  await bye('far', farEnd.to)
  await near.speak([nearEnd.port], 10)
  await until(() => expect(wired.recorder.recording).toBe(1))
  await bye('near', nearEnd.to)
  await until(() => expect(wired.segments()[0]?.recording?.stored).toMatchObject({ packetsReceived: 10 }))
  expect(wired.ports.inUse).toBe(0)
})

test('a history-only call ends if its client answers 481 to a check of the dialog, and with no other answer', async () => {
  const rules = everyCall.recordingPlan.rules.map((rule) => ({ ...rule, share: 0 }))
  description = { ...everyCall, recordingPlan: { ...everyCall.recordingPlan, rules } }
  await wired.exchange(written('audiocodes'))
  expect(wired.recorder.live).toBe(1)
  await until(async () => expect(await files()).toHaveLength(1))
  const optionsSent = () =>
    wired.call.sent.flatMap(({ message }) => ('method' in message && message.method === 'OPTIONS' ? [message] : []))
  const answer = async (nth: number, status: number) => {
    await until(() => expect(optionsSent().length).toBeGreaterThan(nth))
    expect(wired.recorder.live).toBe(1)
    const echo = ['via', 'from', 'to', 'call-id', 'cseq'].map(
      (name) => `${name}: ${firstHeader(optionsSent()[nth]!, name)}\r\n`,
    )
    wired.call.send(`SIP/2.0 ${status} Whatever\r\n${echo.join('')}Content-Length: 0\r\n\r\n`)
    await until(() => expect(wired.recorder.live).toBe(status === 481 ? 0 : 1))
  }
  for (const status of [405, 408]) {
    await stop()
    await start()
    await answer(0, status)
  }
  // Capture checks the dialog again later, because the client's BYE may have gone to another recorder.
  await stop()
  await start({ retryMs: 20 })
  await answer(0, 200)
  await answer(1, 481)
  await until(() => expect(wired.segments()[0]).toMatchObject({ endInferred: true, marks: ['end-inferred'] }))
})
