import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, colleagueOf, enterTestPerson, phone } from '#test/database/people.ts'
import { recordProhibition } from '#test/register/destroy-recordings.ts'
import { makeTestRegister, type RecordedSegment } from '#test/register/make-register.ts'
import { answer, beginListening, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import { admit } from '#register/admit.ts'
import { ingestRecording, recordIngestFault } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db
const capture = database.as('seloste_capture').db
const now = () => Temporal.Now.instant()

const everything = { kind: 'all' as const, units: [], numbers: [] }
const sari = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Sari Niemi',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})
const aino = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Aino Virtanen',
  right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } },
})
const matti = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Matti',
  right: { role: 'MAINTENANCE', purposes: ['MAINTENANCE'], scope: everything },
})
const eero = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Eero',
  right: {
    role: 'SUPERVISOR',
    purposes: ['DEVELOPMENT'],
    scope: 'their unit',
    until: Temporal.Instant.from('2026-03-31T21:00:00Z'),
  },
})

let browser: Browser
let recording: RecordedSegment
beforeAll(async () => {
  browser = await desk.signIn(sari)
  recording = await register.record({ official: colleagueOf(sari) })
  await ingestRecording(register.ingest, recording.id, now())
})

const begin = (by = browser) => beginListening(by, recording.id)

describe('a right', () => {
  test('that does not cover the purpose gets 403 deny.purpose', async () => {
    const response = await answer(browser.fetch('/api/contacts?purpose=CRIME_OR_MISUSE&reference=R-1'))
    expect(response).toMatchObject({ status: 403, code: 'deny.purpose' })
  })

  test('that has ended gets 403 deny.expired, with the instant', async () => {
    const response = await answer((await desk.signIn(eero)).fetch('/api/contacts?purpose=DEVELOPMENT'))
    expect(response).toMatchObject({ status: 403, code: 'deny.expired' })
    expect(response.body.error?.message).toContain('2026-03-31T21:00:00Z')
  })

  test('that needs a reference gets 403 deny.reference without it, and the view with it', async () => {
    const mine = await desk.signIn(matti)
    expect(await answer(mine.fetch('/api/contacts?purpose=MAINTENANCE'))).toMatchObject({
      status: 403,
      code: 'deny.reference',
    })
    expect(await answer(mine.fetch('/api/contacts?purpose=MAINTENANCE&reference=%20'))).toMatchObject({ status: 403 })
    expect(await answer(mine.fetch('/api/contacts?purpose=MAINTENANCE&reference=F-1'))).toMatchObject({ status: 200 })
  })

  test('to one’s own calls finds no contact, caller or recording of another’s', async () => {
    const mine = await desk.signIn(aino)
    for (const { contactId, id } of [recording, { contactId: randomUUID(), id: randomUUID() }]) {
      const purpose = { purpose: 'DEVELOPMENT' }
      expect(await answer(mine.fetch(`/api/contacts/${contactId}?purpose=DEVELOPMENT`))).toMatchObject({
        status: 404,
        code: 'not-found',
      })
      expect(await answer(mine.fetch(`/api/contacts/${contactId}/caller`, { json: purpose }))).toMatchObject({
        status: 404,
        code: 'not-found',
      })
      expect(await answer(mine.fetch(`/api/recordings/${id}/listenings`, { json: purpose }))).toMatchObject({
        status: 404,
        code: 'not-found',
      })
    }
  })
})

describe('searching and reading', () => {
  test('finds and reads a contact with its caller masked, and then reveals the caller', async () => {
    const list = await answer(browser.fetch('/api/contacts?purpose=QUALITY&caller=040%20123%204567'))
    const [item] = list.body['items'] as { id: string; caller: { number: string } }[]
    expect(item?.id).toBe(recording.contactId)
    expect(item?.caller.number).toContain('*')
    const one = await answer(browser.fetch(`/api/contacts/${recording.contactId}?purpose=QUALITY`))
    expect(one).toMatchObject({ status: 200, body: { id: recording.contactId, numberKind: 'NATIONAL_SERVICE' } })
    const caller = await answer(
      browser.fetch(`/api/contacts/${recording.contactId}/caller`, { json: { purpose: 'QUALITY' } }),
    )
    expect(caller).toMatchObject({ status: 200, body: { number: '040 123 4567' } })
  })

  test('unplayable codecs, silence and a failed ingestion are marks of the call', async () => {
    const marksOf = async ({ contactId }: RecordedSegment) => {
      const { body } = await answer(browser.fetch(`/api/contacts/${contactId}?purpose=QUALITY`))
      return (body['segments'] as { marks: string[] }[]).map(({ marks }) => marks)
    }
    const codecs = [
      { payloadType: 8, codec: 'PCMA', clockRate: 8000 },
      { payloadType: 4, codec: 'G723', clockRate: 8000 },
    ] as const
    const made = (types: readonly number[]) =>
      register.record(
        { official: colleagueOf(sari) },
        {
          packets: types.length,
          script(writer) {
            writer.source(0, 1, 0, 0, [...codecs])
            for (const [n, type] of types.entries())
              writer.packet(0, type, false, n, n * 160, n * 200, Buffer.alloc(160, 0x2a), 0, 160)
          },
        },
      )
    const [mixed, silent, broken] = [await made([8, 8, 4]), await made([4, 4, 4]), await made([8, 8, 8])]
    for (const { id } of [mixed, silent]) await ingestRecording(register.ingest, id, now())
    await recordIngestFault(register.ingest.db, broken.id, 'log-malformed')
    expect(await marksOf(mixed)).toEqual([['not-playable']])
    expect(await marksOf(silent)).toEqual([['not-playable', 'silent']])
    expect(await marksOf(broken)).toEqual([['not-ingested']])
  })

  test('pages follow their cursor to the end', async () => {
    const number = { key: phone('029 497 077'), kind: 'NATIONAL_SERVICE' as const }
    for (let i = 0; i < 5; i++) await admit(capture, callFacts({ numberCalled: number, official: colleagueOf(sari) }))
    const seen = new Set<string>()
    let cursor = ''
    for (let pages = 0; pages < 3; pages++) {
      const { body } = await answer(browser.fetch(`/api/contacts?purpose=QUALITY&number=029497077&limit=2${cursor}`))
      for (const { id } of body['items'] as { id: string }[]) seen.add(id)
      expect(body['next'] !== undefined).toBe(pages < 2)
      cursor = `&cursor=${String(body['next'])}`
    }
    expect(seen.size).toBe(5)
  })

  test('returns the numbers and the organisation', async () => {
    const numbers = await answer(browser.fetch('/api/numbers'))
    expect((numbers.body['items'] as unknown[]).length).toBeGreaterThan(0)
    expect(await answer(desk.visitor.fetch('/api/organisation'))).toMatchObject({ status: 200 })
  })
})

describe('audio', () => {
  const range = (path: string, value?: string) =>
    browser.fetch(path, value === undefined ? {} : { headers: { range: value } })

  test('is served in ranges with their position', async () => {
    const { audio, peaks, until } = await begin()
    expect(Temporal.Instant.from(until)).toBeInstanceOf(Temporal.Instant)
    const total = 44 + 8000 * 4
    const whole = await range(audio)
    expect(whole.status).toBe(206)
    expect(whole.headers.get('content-type')).toBe('audio/wav')
    expect(whole.headers.get('accept-ranges')).toBe('bytes')
    expect(whole.headers.get('content-range')).toBe(`bytes 0-${total - 1}/${total}`)
    const bytes = Buffer.from(await whole.arrayBuffer())
    expect(bytes).toHaveLength(total)
    for (const [from, to] of [
      [0, 0],
      [40, 50],
      [1001, 2002],
      [total - 1, total - 1],
      [100, 999_999],
    ] as const) {
      const part = await range(audio, `bytes=${from}-${to}`)
      const last = Math.min(to, total - 1)
      expect(part.status).toBe(206)
      expect(part.headers.get('content-range')).toBe(`bytes ${from}-${last}/${total}`)
      expect(part.headers.get('content-length')).toBe(String(last - from + 1))
      expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(from, last + 1))).toBe(true)
    }
    expect(await answer(browser.fetch(peaks))).toMatchObject({
      status: 200,
      body: { durationMs: 1000, peaksPerSecond: 20 },
    })
  })

  test.each([
    'bytes=40000-',
    'bytes=5-4',
    'bytes=-5',
    'bytes=0-1,5-6',
    'bytes=',
    'chunks=0-1',
    'bytes=a-b',
    'bytes=0x0-1',
    `bytes=${'9'.repeat(20)}-`,
  ])('answers %s with 416', async (value) => {
    const { audio } = await begin()
    expect(await answer(range(audio, value))).toMatchObject({ status: 416, code: 'input.range' })
  })

  test('of a listening that ended, was another’s or never started gets 404 listening.ended', async () => {
    const { id, audio, peaks } = await begin()
    const another = await desk.signIn(sari)
    for (const path of [audio, peaks]) {
      expect(await answer(another.fetch(path))).toMatchObject({ status: 404, code: 'listening.ended' })
      expect(await answer(browser.fetch(path.replace(id, randomUUID())))).toMatchObject({
        status: 404,
        code: 'listening.ended',
      })
    }
    expect(await answer(another.fetch(`/api/listenings/${id}`, { method: 'DELETE' }))).toMatchObject({ status: 404 })
    expect((await browser.fetch(`/api/listenings/${id}`, { method: 'DELETE' })).status).toBe(204)
    for (const path of [audio, peaks])
      expect(await answer(browser.fetch(path))).toMatchObject({ status: 404, code: 'listening.ended' })
    expect(await answer(browser.fetch(`/api/listenings/${id}`, { method: 'DELETE' }))).toMatchObject({
      status: 404,
      code: 'listening.ended',
    })
  })

  test.each([
    ['not-yet-kept', 404, {}],
    ['restricted', 403, { state: 'RESTRICTED' as const }],
    ['destroyed', 404, { state: 'DESTROYING' as const, cause: 'caller' as const }],
  ] as const)('of a recording that is %s gets %i', async (reason, status, set) => {
    const made = await register.record({ official: colleagueOf(sari) })
    await recordProhibition(database, made.id)
    if ('state' in set) await admin.updateTable('recording').set(set).where('id', '=', made.id).execute()
    const response = await answer(
      browser.fetch(`/api/recordings/${made.id}/listenings`, { json: { purpose: 'QUALITY' } }),
    )
    expect(response).toMatchObject({ status, code: `recording.${reason}` })
  })
})

describe('calls in progress', () => {
  test('are sent at once and after a change, to those who may see them, and end with the session', async () => {
    const mine = await desk.signIn(sari)
    const response = await mine.fetch('/api/calls?purpose=QUALITY')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-security-policy')).toBeTruthy()
    const events = readEvents(response)
    expect(await events.next()).toMatchObject({ value: { event: 'calls', data: { items: [] } } })
    const facts = callFacts({ endedAt: undefined, official: colleagueOf(sari) })
    await admit(capture, facts)
    desk.notifyCalls()
    const second = await events.next()
    expect(second).toMatchObject({ value: { event: 'calls', data: { items: [{ segmentId: facts.segmentId }] } } })
    expect(JSON.stringify(second)).not.toContain('123 4567')
    await mine.fetch('/api/session', { method: 'DELETE' })
    desk.notifyCalls()
    expect(await events.next()).toMatchObject({ value: { event: 'ended' } })
    expect(await events.next()).toMatchObject({ done: true })
  })
})

describe('watching calls', () => {
  test('is limited to a few windows of one session at once, and closing one frees its place', async () => {
    const mine = await desk.signIn(sari)
    const closing = new AbortController()
    const watch = (signal?: AbortSignal) => mine.fetch('/api/calls?purpose=QUALITY', signal ? { signal } : {})
    // Referenced until the ninth has been requested: an unreferenced response is closed by garbage collection.
    const windows = [await watch(closing.signal)]
    for (let n = 1; n < 8; n++) windows.push(await watch())
    expect(await answer(watch())).toMatchObject({ status: 429, code: 'session.too-many' })
    expect(windows.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect((await (await desk.signIn(sari)).fetch('/api/calls?purpose=QUALITY')).status).toBe(200)
    closing.abort()
    await expect.poll(async () => (await watch()).status).toBe(200)
  })

  test('has no HEAD, which would not end', async () => {
    expect((await browser.fetch('/api/calls?purpose=QUALITY', { method: 'HEAD' })).status).toBe(404)
  })
})

async function* readEvents(response: Response): AsyncGenerator<{ event: string; data: unknown }> {
  let text = ''
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    text += part
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? []
      text = text.slice(end + 2)
      if (event && data) yield { event, data: JSON.parse(data) }
    }
  }
}
