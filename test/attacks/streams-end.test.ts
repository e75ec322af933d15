/** Event streams end with the right, the employment, the session and the call that they depend on (R36, R37, R39). */
import { request } from 'node:http'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { colleagueOf, enterTestPerson, phone, type TestPerson } from '#test/database/people.ts'
import { makeTestRegister, type RecordedSegment } from '#test/register/make-register.ts'
import { beginListening, openTestDesk, type Browser } from '#test/register/open-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db

const enter = (name: string, right: Parameters<typeof enterTestPerson>[2]['right']) =>
  enterTestPerson(admin, database.as('seloste_desk').db, { name, ...(right && { right }) })
const enterSupervisor = () => enter('Sari', { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' })
const enterExpert = () =>
  enter('Eero', {
    ...{ role: 'EXPERT', duty: 'QUALITY', purposes: ['SERVICE_LEVEL_STUDY'] },
    scope: { kind: 'numbers', units: [], numbers: [phone('029 497 000')] },
  })

let recording: RecordedSegment
let owner: TestPerson
beforeAll(async () => {
  owner = await enterSupervisor()
  recording = await register.record({ official: colleagueOf(owner) })
  await ingestRecording(register.ingest, recording.id, Temporal.Now.instant())
})

interface Stream {
  /** Enters a person who may open the stream. */
  enterViewer: () => Promise<TestPerson>
  path: (browser: Browser) => Promise<string>
}
const streams: [string, Stream][] = [
  [
    'calls in progress',
    { enterViewer: enterSupervisor, path: () => Promise.resolve('/api/calls?purpose=DEVELOPMENT') },
  ],
  ['the calls of the day', { enterViewer: enterExpert, path: () => Promise.resolve('/api/calls-today') }],
  [
    'a listening',
    {
      enterViewer: enterSupervisor,
      path: async (browser) => `/api/listenings/${(await beginListening(browser, recording.id)).id}/events`,
    },
  ],
]

const ends: [string, (person: TestPerson) => Promise<unknown>][] = [
  [
    'the right is revoked',
    ({ id }) =>
      sql`update access_right set revoked_at = clock_timestamp() where person_id = ${id}::uuid`.execute(admin),
  ],
  [
    'the employment ends',
    ({ id }) => sql`update person set employed_to = clock_timestamp() where id = ${id}::uuid`.execute(admin),
  ],
  [
    'the session is ended by somebody else',
    ({ id }) => sql`update session set ended_at = clock_timestamp() where person_id = ${id}::uuid`.execute(admin),
  ],
]

describe.each(streams)('the event stream of %s', (_name, { enterViewer, path }) => {
  test.each(ends)('ends when %s', async (_what, end) => {
    const person = await enterViewer()
    const browser = await desk.signIn(person)
    const response = await browser.fetch(await path(browser))
    expect(response.status).toBe(200)
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).done).toBe(false)
    await end(person)
    desk.notifyCalls()
    const endedAtMs = performance.now()
    let text = ''
    for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value
    expect(performance.now() - endedAtMs).toBeLessThan(5_000)
    expect(text).toMatch(/event: ended\ndata: .*\n\n$/)
  })

  test.each(['same-site', 'cross-site'])('refuses a page that is %s', async (site) => {
    const browser = await desk.signIn(await enterViewer())
    const streamPath = await path(browser)
    expect((await browser.fetch(streamPath, { headers: { 'sec-fetch-site': site } })).status).toBe(403)
  })

  test('frees its place for others if a browser closes the stream before it begins', async () => {
    const person = await enterViewer()
    const browser = await desk.signIn(person)
    const streamPath = await path(browser)
    for (let n = 0; n < 24; n++) await leaveAtOnce(streamPath, browser.cookie!, n % 8)
    await expect.poll(async () => (await browser.fetch(streamPath)).status, { timeout: 5_000 }).toBe(200)
  })
})

/** Sends a request, and closes the connection while the answer is sent. */
function leaveAtOnce(path: string, cookie: string, afterMs: number): Promise<void> {
  const { hostname, port } = new URL(desk.url)
  return new Promise((resolve) => {
    const sent = request({ hostname, port, path, headers: { cookie }, agent: false })
    sent.on('error', () => undefined)
    sent.on('close', () => setTimeout(resolve, 30))
    sent.on('finish', () => setTimeout(() => sent.destroy(), afterMs))
    sent.end()
  })
}
