import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { colleagueOf, enterTestPerson } from '#test/database/people.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { makeTestRegister, type RecordedSegment } from '#test/register/make-register.ts'
import { answer, beginListening, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db
const now = () => Temporal.Now.instant()
/** Limit between the end of a listening's basis and the stop of its sound (AC22). */
const stopsWithinMs = 5_000

const supervisor = (until?: Temporal.Instant) =>
  enterTestPerson(admin, database.as('seloste_desk').db, {
    name: 'Eero',
    right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit', ...(until && { until }) },
  })
const sari = await supervisor()

let browser: Browser
let recording: RecordedSegment
async function makeRecording(): Promise<RecordedSegment> {
  const made = await register.record({ official: colleagueOf(sari) })
  await ingestRecording(register.ingest, made.id, now())
  return made
}
beforeAll(async () => {
  browser = await desk.signIn(sari)
  recording = await makeRecording()
})

/** Reads the stream to its end. Returns the last event, and the texts of the events before it. */
async function lastEvent(response: Response) {
  let text = ''
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) text += part
  const events = text.trim().split('\n\n')
  const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(events.at(-1) ?? '') ?? []
  return { event, data: JSON.parse(data ?? '{}') as Record<string, string>, before: events.slice(0, -1) }
}

describe('a listener is informed within five seconds', () => {
  test('that the right has ended, and when, and the next request gets deny.expired with the same instant', async () => {
    const until = now().add({ seconds: 5 }).round('millisecond')
    const eero = await supervisor(until)
    const eeros = await desk.signIn(eero)
    const listening = await beginListening(eeros, recording.id)
    expect(listening.until).toBe(until.toString())
    const last = await lastEvent(await eeros.fetch(`/api/listenings/${listening.id}/events`))
    expect(now().epochMilliseconds - until.epochMilliseconds).toBeLessThan(stopsWithinMs)
    expect(last).toMatchObject({ event: 'ended', data: { why: 'right', since: until.toString() } })
    expect(new Set(last.before)).toEqual(new Set(['event: holds\ndata: {}']))
    for (const path of [listening.audio, listening.peaks, `/api/listenings/${listening.id}/events`]) {
      const refused = await answer(eeros.fetch(path))
      expect(refused).toMatchObject({ status: 403, code: 'deny.expired' })
      expect(refused.body.error?.message).toContain(until.toString())
    }
    expect(await answer(eeros.fetch('/api/contacts?purpose=QUALITY'))).toMatchObject({ code: 'deny.expired' })
  })

  test('that the recording was destroyed', async () => {
    const { id } = await makeRecording()
    const listening = await beginListening(browser, id)
    const events = await browser.fetch(`/api/listenings/${listening.id}/events`)
    await makeDestroyer(database, register).destroy(id)
    const begun = performance.now()
    expect(await lastEvent(events)).toMatchObject({ event: 'ended', data: { why: 'destroyed' } })
    expect(performance.now() - begun).toBeLessThan(stopsWithinMs)
    expect(await answer(browser.fetch(listening.audio))).toMatchObject({ status: 404, code: 'recording.destroyed' })
  })

  test('that the session ended in another window, and the next request has no session', async () => {
    const mine = await desk.signIn(sari)
    const listening = await beginListening(mine, recording.id)
    const events = await mine.fetch(`/api/listenings/${listening.id}/events`)
    await mine.fetch('/api/session', { method: 'DELETE' })
    const begun = performance.now()
    expect(await lastEvent(events)).toMatchObject({ event: 'ended', data: { why: 'session' } })
    expect(performance.now() - begun).toBeLessThan(stopsWithinMs)
    expect(await answer(mine.fetch(listening.audio))).toMatchObject({ status: 401 })
  })
})

describe('the event stream of a listening', () => {
  test('is for its own session, in a limited number of windows, and does not extend the session', async () => {
    const listening = await beginListening(browser, recording.id)
    const path = `/api/listenings/${listening.id}/events`
    expect(await answer((await desk.signIn(sari)).fetch(path))).toMatchObject({ status: 404, code: 'listening.ended' })
    const closing = new AbortController()
    // Referenced until the ninth has been requested: an unreferenced response is closed by garbage collection.
    const windows: Response[] = []
    for (let n = 0; n < 8; n++) windows.push(await browser.fetch(path, { signal: closing.signal }))
    expect(await answer(browser.fetch(path))).toMatchObject({ status: 429, code: 'listening.too-many' })
    expect(windows.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    closing.abort()
    expect((await browser.fetch(path, { method: 'HEAD' })).status).toBe(404)
  })
})

describe('the speed of a listening', () => {
  test('is between half and three times the recorded speed, and can be changed only for one’s own listening', async () => {
    const { id } = await beginListening(browser, recording.id)
    const setSpeed = (by: Browser, speed: unknown) =>
      answer(by.fetch(`/api/listenings/${id}/speed`, { method: 'PUT', json: { speed } }))
    expect((await setSpeed(browser, 3)).status).toBe(204)
    for (const speed of [0.4, 3.1, 'fast', null, undefined]) {
      expect(await setSpeed(browser, speed)).toMatchObject({ status: 400, code: 'input.invalid' })
    }
    expect(await setSpeed(await desk.signIn(sari), 2)).toMatchObject({ status: 404, code: 'listening.ended' })
  })
})

test('audio is not cached, and is not found after the end of its listening', async () => {
  const { id, audio } = await beginListening(browser, recording.id)
  const served = await browser.fetch(audio, { headers: { range: 'bytes=0-' } })
  expect(served.headers.get('cache-control')).toBe('no-store')
  expect(served.headers.get('etag')).toBeNull()
  expect(served.headers.get('last-modified')).toBeNull()
  await browser.fetch(`/api/listenings/${id}`, { method: 'DELETE' })
  expect(await answer(browser.fetch(audio))).toMatchObject({ status: 404, code: 'listening.ended' })
})
