// AC11, second part, over real SIP and RTP: the official presses the button, and the recording is off the disk a second
// later.
import { readdir } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { openTestObjects } from '../objects/test-objects.ts'
import { officialByKey } from '../simulator/people.ts'
import { placeCall, type PlaceCallOptions } from '../simulator/place-call.ts'
import type { SentCall } from '../simulator/sent-call.ts'
import { eventually, signInAt, type Api } from './api.ts'
import { objectsFolderOf } from './external-state.ts'
import type { RunningSeloste } from './start-seloste.ts'

const aino = officialByKey('aino')
const bertil = officialByKey('bertil')

let seloste: RunningSeloste
let official: Api

let caller = 5000
function call(plan: Partial<PlaceCallOptions>): Promise<SentCall> {
  const from = `+35840123${String(caller++)}`
  const line = { number: '+35829497099', official: aino, seconds: 6, server: seloste.sip, transport: 'udp' as const }
  return placeCall({ seed: from, caller: from, ...line, ...plan })
}

interface CallInProgress {
  contactId: string
  recording: string
  /** Only for the official of the call. */
  own?: { recordingId: string }
}
/** Returns the calls in progress that a person sees. */
async function listInProgress(api: Api): Promise<CallInProgress[]> {
  const answer = await api.call('GET', '/api/calls?purpose=INSPECTION')
  const reader = answer.body!.getReader()
  let text = ''
  while (!text.includes('\n\n')) text += Buffer.from((await reader.read()).value ?? []).toString()
  await reader.cancel()
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? '{"items":[]}'
  return (JSON.parse(data) as { items: CallInProgress[] }).items
}
const waitUntilRecorded = (api: Api) =>
  eventually(async () => (await listInProgress(api)).find(({ own }) => own), 'a call that is being recorded')
const press = (api: Api, id: string, wish: object = { party: 'CALLER', channel: 'CALL' }) =>
  api.call('POST', `/api/recordings/${id}/prohibitions`, wish)

/** Returns the names of all objects and files of a recording, on the disks of capture and of the object store. */
async function listOnDisk(id: string): Promise<string[]> {
  const stored = (await openTestObjects(objectsFolderOf(seloste.dataDirectory))).list('')
  const names = [...(await readdir(seloste.dataDirectory, { recursive: true })), ...(await Array.fromAsync(stored))]
  return names.filter((name) => name.includes(id) && !/calls.[^/]*\.json/.test(name))
}
async function readProgress(id: string): Promise<{ state: string; entry?: object }> {
  const answer = await official.call('GET', `/api/recordings/${id}/destruction?purpose=INSPECTION`)
  return (await answer.json()) as { state: string; entry?: object }
}
const waitUntilDestroyed = (id: string) =>
  eventually(async () => ((await readProgress(id)).entry ? true : undefined), 'destroyed, and in the ledger')

/** Tests that kill capture, so they must be the last. */
export function testForbiddenCalls(given: () => RunningSeloste): void {
  beforeAll(async () => {
    seloste = given()
    official = await signInAt(seloste.url, 'aino', seloste.password)
  })

  describe('the official of a call enters the caller’s prohibition with one button', () => {
    test('within a second nothing of the recording is on disk, and the call continues and is in the history', async () => {
      const talking = call({ hold: { afterMs: 3_000, forMs: 800 } })
      const { contactId, own } = await waitUntilRecorded(official)
      const id = own!.recordingId
      const readingAt = performance.now()
      expect((await listOnDisk(id)).length).toBeGreaterThan(0)
      // One second, more on a busy machine: reading the disk takes only some milliseconds on an idle one.
      const limitMs = 1_000 + 10 * (performance.now() - readingAt)
      const pressedAt = performance.now()
      expect((await press(official, id)).status).toBe(200)
      while ((await listOnDisk(id)).length > 0 && performance.now() - pressedAt < 10_000) await wait(10)
      expect(performance.now() - pressedAt).toBeLessThan(limitMs)
      await waitUntilDestroyed(id)
      const ended = await official.contact(contactId, 'INSPECTION')
      expect(ended.endedAt).toBeUndefined()
      expect(ended.segments[0]?.recording).toMatchObject({ state: 'destroyed', cause: 'caller' })
      expect(await listInProgress(official)).toMatchObject([{ contactId, recording: 'not-recorded' }])

      const sent = await talking
      expect(sent).toMatchObject({ outcome: 'completed', sessions: [{ endedBy: 'us' }] })
      const over = await eventually(async () => {
        const contact = await official.contact(contactId, 'INSPECTION')
        return contact.endedAt === undefined ? undefined : contact
      }, 'the end of the call in the history')
      expect(over.segments[0]).toMatchObject({
        recording: { state: 'destroyed', cause: 'caller' },
        decision: { record: true },
      })
      expect(await listOnDisk(id)).toEqual([])
    })

    test('nobody else has the button, and whether to record is decided again for the next official’s segment', async () => {
      const other = await signInAt(seloste.url, 'bertil', seloste.password)
      const talking = call({ transferTo: { official: bertil, afterMs: 3_000, seconds: 2 } })
      const { contactId, own } = await waitUntilRecorded(official)
      const id = own!.recordingId
      expect(await listInProgress(other)).toEqual([])
      expect((await press(other, id)).status).toBe(404)
      const both = await Promise.all([
        press(official, id),
        press(official, id, { party: 'OFFICIAL', channel: 'OWN_CALLS' }),
      ])
      // The second request finds the recording destroyed already, or is accepted too.
      expect(both.some(({ status }) => status === 200)).toBe(true)
      for (const one of both.filter(({ status }) => status !== 200)) {
        expect(await one.text()).toContain('recording.destroyed')
      }
      await talking
      await waitUntilDestroyed(id)
      const others = await eventually(async () => {
        const contact = await other.contact(contactId, 'INSPECTION')
        return contact.segments[0]?.recording.state === 'available' ? contact : undefined
      }, 'the second part, recorded')
      expect(others.segments.map((segment) => segment.official?.name)).toEqual(['Bertil Lindqvist'])
    })
  })

  test('a capture killed when the button is pressed leaves no sound', { timeout: 60_000 }, async () => {
    const talking = call({ seconds: 4, timeoutMs: 2_000 })
    const { own } = await waitUntilRecorded(official)
    const id = own!.recordingId
    const { capture } = await seloste.rolePids()
    process.kill(capture!, 'SIGSTOP')
    expect((await press(official, id)).status).toBe(200)
    await wait(1_500)
    // The recording is not destroyed yet, and the ledger has no entry for it.
    expect(await readProgress(id)).toMatchObject({
      state: 'destroying',
      cause: 'caller',
      certificate: { state: 'destroying' },
    })
    expect((await listOnDisk(id)).length).toBeGreaterThan(0)
    process.kill(capture!, 'SIGKILL')
    await talking
    await waitUntilDestroyed(id)
    expect(await listOnDisk(id)).toEqual([])
  })
}
