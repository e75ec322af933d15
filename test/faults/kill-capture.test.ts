import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPacer } from '../simulator/pacer.ts'
import { officialByKey } from '../simulator/people.ts'
import { placeCall } from '../simulator/place-call.ts'
import type { SentSession } from '../simulator/sent-call.ts'
import { eventually, signInAt, type ContactShape } from '../whole/api.ts'
import { findSound, soundOf } from '../whole/compare-sound.ts'
import { startSeloste, type RunningSeloste } from '../whole/start-seloste.ts'

const isLong = process.env['SELOSTE_LONG'] === '1'
const calls = isLong ? 50 : 20
const testLine = '+35829497099'
const samplesPerSecond = 8000
const samplesPerPacket = 160

let seloste: RunningSeloste
beforeAll(async () => {
  seloste = await startSeloste({ isPrepared: true })
}, 200_000)
afterAll(() => seloste.stop())

test(
  `kill -9 of capture${isLong ? ' and custodian' : ''} during ${calls} calls loses no recording, and at most one second of each`,
  { timeout: isLong ? 400_000 : 120_000 },
  async () => {
    const pacer = startPacer()
    const hangUp = new AbortController()
    const placed = Array.from({ length: calls }, (_, i) =>
      placeCall({
        seed: i,
        caller: `+35840123${String(4000 + i)}`,
        number: testLine,
        official: officialByKey('aino'),
        seconds: 120,
        server: seloste.sip,
        transport: i % 4 === 0 ? 'tcp' : 'udp',
        pacer,
        signal: hangUp.signal,
      }),
    )
    const api = await signInAt(seloste.url, 'aino', seloste.password)
    const search = { purpose: 'QUALITY', number: testLine, limit: '100' }
    await eventually(
      async () => ((await api.contacts(search)).length === calls ? true : undefined),
      'all calls in progress',
    )
    await wait(6_000)

    const { capture: killed, custodian } = await seloste.rolePids()
    if (killed === undefined || custodian === undefined) throw new Error('capture or custodian does not run')
    const killedAt = Date.now()
    process.kill(killed, 'SIGKILL')
    if (isLong) process.kill(custodian, 'SIGKILL')

    const found = await eventually(
      async () => {
        const items = await api.contacts(search)
        const stored = items.filter(({ segments }) => segments[0]?.recording.state === 'available')
        return stored.length === calls ? stored : undefined
      },
      'every recording is ingested after the restart',
      40_000,
    )
    const { capture: restarted } = await seloste.rolePids()
    expect(restarted).not.toBe(killed)

    hangUp.abort()
    const sent = await Promise.all(placed)
    const seen = new Set<string>()
    for (const call of sent) {
      const session = call.sessions[0]
      if (!session) throw new Error(`a call has no session: ${call.outcome} ${call.status ?? ''}`)
      const { contact, heard: received } = await recordingOf(session, found, seen)
      expect(contact.segments[0]?.marks).toEqual(expect.arrayContaining(['incomplete', 'end-inferred']))
      for (const user of ['caller', 'official'] as const) {
        const stream = session.streams.find((one) => one.who === user)
        // The recording has every sample sent until a second before the kill.
        const beganAt = session.sendingFrom.getTime()
        const sentBeforeKill = (stream?.packets ?? []).filter(
          (packet) => packet.sentMs !== undefined && beganAt + packet.sentMs < killedAt,
        ).length
        const promised = soundOf(session, user).subarray(0, sentBeforeKill * samplesPerPacket - samplesPerSecond)
        expect(findSound(promised, received[user])).toMatchObject({ compared: promised.length, different: 0 })
      }
    }

    /** Returns the recording with this call's sound: every caller has a different tone. */
    async function recordingOf(session: SentSession, contacts: ContactShape[], used: Set<string>) {
      for (const listed of contacts) {
        if (used.has(listed.id)) continue
        const id = listed.segments[0]?.recording.id ?? ''
        const received = await loadSound(id)
        if (findSound(soundOf(session, 'caller'), received.caller).shift < 0) continue
        used.add(listed.id)
        return { contact: await api.contact(listed.id, 'QUALITY'), heard: received }
      }
      throw new Error('no recording has this call’s sound')
    }

    async function loadSound(id: string) {
      const known = sounds.get(id)
      if (known) return known
      const received = await api.listen(id, 'QUALITY')
      sounds.set(id, received)
      return received
    }
  },
)

/** Number of calls already in the register. */
let entered = calls

test.runIf(isLong)(
  'a capture that hangs during calls is ended and restarted, and continues their recordings',
  { timeout: 240_000 },
  async () => {
    const before = (await seloste.rolePids()).capture!
    const placed = Array.from({ length: 5 }, (_, n) =>
      placeCall({
        seed: 200 + n,
        caller: `+35840125${String(4000 + n)}`,
        number: testLine,
        official: officialByKey('aino'),
        seconds: 20,
        server: seloste.sip,
        timeoutMs: 3_000,
      }),
    )
    const api = await signInAt(seloste.url, 'aino', seloste.password)
    const search = { purpose: 'QUALITY', number: testLine, limit: '100' }
    entered += placed.length
    await eventually(async () => (await api.contacts(search)).length === entered || undefined, 'all calls in progress')
    process.kill(before, 'SIGSTOP')
    await eventually(
      async () => ((await seloste.rolePids()).capture ?? before) !== before || undefined,
      'another',
      90_000,
    )
    await eventually(
      async () => {
        const items = await api.contacts(search)
        return items.every(({ segments }) => segments[0]?.recording.state === 'available') || undefined
      },
      'every recording is ingested after the restart',
      60_000,
    )
    await Promise.all(placed)
    expect(seloste.output()).toMatch('the capture process does not respond; killing it')
  },
)

test(
  'a drained capture accepts no new call, exits when its last call is in the register, and is not restarted',
  { timeout: 120_000 },
  async () => {
    const { capture } = await seloste.rolePids()
    const pacer = startPacer()
    const hangUp = new AbortController()
    const call = (seed: number, signal?: AbortSignal) =>
      placeCall({
        seed,
        caller: `+35840124${String(4000 + seed)}`,
        number: testLine,
        official: officialByKey('aino'),
        seconds: 600,
        server: seloste.sip,
        pacer,
        ...(signal && { signal }),
      })
    const going = [call(101, hangUp.signal), call(102, hangUp.signal)]
    const api = await signInAt(seloste.url, 'aino', seloste.password)
    const search = { purpose: 'QUALITY', number: testLine, limit: '100' }
    await eventually(
      async () => (await api.contacts(search)).length === entered + 2 || undefined,
      'two calls in progress',
    )

    const drained = runCommand('drain', '--wait', '90')
    await eventually(
      async () =>
        (await runCommand('status')).text.includes('is draining and refuses new sessions; in progress: 2') || undefined,
      'capture drains',
      60_000,
    )
    expect(await runCommand('drain', '--wait', '0.1')).toMatchObject({
      code: 1,
      text: expect.stringMatching('in progress: 2'),
    })
    expect((await call(103)).outcome).toBe('refused')
    expect((await seloste.rolePids()).capture).toBe(capture)

    hangUp.abort()
    for (const { outcome } of await Promise.all(going)) expect(outcome).not.toBe('refused')
    expect(await drained).toMatchObject({ code: 0, text: expect.stringMatching('drained and exited') })
    await eventually(
      async () =>
        (await api.contacts(search)).every((one) => one.segments[0]?.recording.state === 'available') || undefined,
      'every recording is ingested',
      40_000,
    )
    expect(await api.contacts(search)).toHaveLength(entered + 2)
    expect((await seloste.rolePids()).capture).toBeUndefined()
    expect(seloste.output()).toMatch('the capture process has drained and exited')
  },
)

async function runCommand(...words: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../bin/seloste.js', import.meta.url)), ...words], {
    env: { ...process.env, ...seloste.environment, SELOSTE_HTTP: seloste.url.replace('http://', '') },
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => lines.push(text.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, text: lines.join('') }
}

const sounds = new Map<string, { caller: Int16Array; official: Int16Array }>()
