// Erasure, objection and restriction (GDPR 17, 21 and 18; L9): their deadlines, decisions and letters, and what happens
// to recordings.
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { RequestDetail } from '#app/http/contract/requests.ts'
import type { RequestKind } from '#register/request-tables.ts'
import type { RegisterTables } from '#register/tables.ts'
import { countOpenRequests } from '#use/requests/erase-requests.ts'
import { makeLettersDue } from '#use/requests/letters/make-letter.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openGdprServiceUnit } from './open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const acts = await openGdprServiceUnit(database)
const { makeRecording, served, ask: requestOf, as, admin, custodian, people, entries, stateOf, setDay, versions } = acts
const now = () => Temporal.Now.instant()

async function read(id: string): Promise<RequestDetail> {
  const { status, body } = await requestOf('paula', 'GET', `/api/requests/${id}`)
  expect(status).toBe(200)
  return body as unknown as RequestDetail
}
const close = (id: string, outcome: string) => requestOf('paula', 'POST', `/api/requests/${id}/close`, { outcome })
const unfinishedIn = (body: object) => (body as { error?: { field?: string } }).error?.field
const change = (id: string, kinds: RequestKind[], language = 'fi') =>
  requestOf('paula', 'PUT', `/api/requests/${id}`, { kinds, language, requester: { name: 'Pyytäjä Pyynnöllä' } })
const forbid = (recording: string, reference: string) =>
  requestOf('paula', 'POST', `/api/recordings/${recording}/prohibitions`, {
    party: 'CALLER',
    channel: 'LETTER',
    reference,
  })
const draft = (request: string, kind: string, more: object = {}) =>
  requestOf('paula', 'POST', `/api/requests/${request}/letters`, { kind, ...more })
async function makeLetter(request: string, kind: string, more: object = {}): Promise<string> {
  const drafted = await draft(request, kind, more)
  expect(drafted).toMatchObject({ status: 201, body: { kind } })
  return (drafted.body as unknown as { id: string }).id
}
const deliver = async (letter: string) =>
  expect((await requestOf('paula', 'POST', `/api/letters/${letter}/delivery`, { how: 'POST' })).status).toBe(204)
const send = async (request: string, kind: string, more: object = {}) => deliver(await makeLetter(request, kind, more))
async function readText(id: string): Promise<string> {
  const source = await (await (await as('paula')).fetch(`/api/letters/${id}/html`, {})).text()
  return source
    .slice(source.indexOf('<main'))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
}
const lettersOf = async (request: string) =>
  (await sql<{ id: string; kind: string }>`select id, kind from letter where request_id = ${request}`.execute(admin))
    .rows
const entriesOf = async (action: string, recording: string) =>
  (await entries(action)).filter(({ object_id }) => object_id === recording)
/** Sets the language of a request's letters. */
const setLanguage = (id: string, language: string) =>
  sql`update subject_request set language = ${language} where id = ${id}`.execute(admin)
async function requestAbout(kinds: RequestKind[], given: Parameters<typeof served>[0] = {}) {
  const recording = await makeRecording()
  const request = await served({ contacts: [recording.contactId], kinds, ...given })
  return { ...request, recording }
}

test.each(['ERASURE', 'OBJECTION', 'RESTRICTION'] as const)(
  '%s is entered at the desk, and due within a month, or two months later with the reason reported',
  async (kind) => {
    const entered = await requestOf('paula', 'POST', '/api/requests', {
      ...{ party: 'CALLER', kinds: [kind], channel: 'LETTER', language: 'fi', requester: { name: `Maija ${kind}` } },
      receivedAt: now().subtract({ minutes: 10 }).toString(),
    })
    expect(entered.status).toBe(201)
    const { id } = entered.body as unknown as { id: string }
    const received = Temporal.Instant.from((await read(id)).receivedAt).toZonedDateTimeISO('Europe/Helsinki')
    const dueIn = async () => Temporal.Instant.from((await read(id)).dueAt).epochMilliseconds
    expect(await dueIn()).toBe(received.add({ months: 1 }).epochMilliseconds)
    expect(
      (await requestOf('paula', 'POST', `/api/requests/${id}/extension`, { months: 3, reason: 'COMPLEX' })).status,
    ).toBe(400)
    expect(
      (await requestOf('paula', 'POST', `/api/requests/${id}/extension`, { months: 2, reason: 'COMPLEX' })).status,
    ).toBe(204)
    expect(await dueIn()).toBe(received.add({ months: 3 }).epochMilliseconds)
    expect(await readText(await makeLetter(id, 'extension'))).toContain('niin laajaa')
  },
)

describe('erasure (GDPR 17)', () => {
  test('that is granted forbids and destroys the recording, and is reported by a letter of its own kind', async () => {
    const { id, number, recording } = await requestAbout(['ERASURE'])
    expect(await read(id)).toMatchObject({ next: ['forbid'], unfinished: ['prohibition', 'letter'] })
    expect(unfinishedIn((await close(id, 'ANSWERED')).body)).toBe('prohibition,letter')
    expect((await forbid(recording.id, number)).status).toBe(200)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYING', cause: 'caller' })
    expect((await entries('recording.forbidden')).some(({ reference }) => reference === number)).toBe(true)
    expect((await draft(id, 'objection')).code).toBe('letter.nothing-to-tell')
    const letter = await makeLetter(id, 'erasure')
    expect(await readText(letter)).toMatch(
      /Päätös tietojen poistamisesta.*on suostuttu.*17 artiklan 3 kohdan.*tietosuoja@om\.fi/,
    )
    await deliver(letter)
    expect((await close(id, 'ANSWERED')).status).toBe(204)
    expect((await entries('request.closed')).some(({ object_id }) => object_id === id)).toBe(true)
  })

  test('is reported automatically once the recording is destroyed, and not as a prohibition that was not requested', async () => {
    const { id, number, recording } = await requestAbout(['ERASURE', 'PROHIBIT'])
    expect((await forbid(recording.id, number)).status).toBe(200)
    await acts.startCustodian()
    await acts.until(recording.id, 'DESTROYED')
    await acts.stopCustodian()
    await makeLettersDue(custodian, versions.at(now()).description, (error) => {
      throw error
    })
    const letters = await lettersOf(id)
    expect(letters.map(({ kind }) => kind)).toEqual(['erasure'])
    expect(await readText(letters[0]!.id)).toContain('Tallenne on tuhottu')
    await deliver(letters[0]!.id)
    expect((await close(id, 'ANSWERED')).status).toBe(204)
  })

  test('that is refused gives the reason and where to complain, and the ground applies to no other request', async () => {
    const { id, recording } = await requestAbout(['ERASURE'])
    expect((await draft((await requestAbout(['KNOW'])).id, 'refusal', { ground: 'NEEDED' })).code).toBe(
      'letter.nothing-to-tell',
    )
    expect((await draft(id, 'refusal')).code).toBe('letter.ground-missing')
    expect(unfinishedIn((await close(id, 'REFUSED')).body)).toBe('letter')
    const letter = await makeLetter(id, 'refusal', { ground: 'NEEDED' })
    expect(await readText(letter)).toMatch(/tietojen poistaminen.*17 artiklan 3 kohdan b alakohta.*tietosuoja@om\.fi/)
    // A second draft of the letter has the same ground.
    await deliver(await makeLetter(id, 'refusal'))
    expect((await close(id, 'REFUSED')).status).toBe(204)
    expect((await stateOf(recording.id)).state).toBe('STORED')
  })
})

describe('objection (GDPR 21)', () => {
  test('restricts the recording while it is pending, until a refusal, and both are logged', async () => {
    const { id, number, recording } = await requestAbout(['OBJECTION'])
    expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
    expect(await entriesOf('restriction.began', recording.id)).toMatchObject([
      { reference: number, detail: { request: id } },
    ])
    await send(id, 'refusal', { ground: 'EXCESSIVE' })
    expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
    expect((await close(id, 'REFUSED')).status).toBe(204)
    expect((await stateOf(recording.id)).state).toBe('STORED')
    expect(await entriesOf('restriction.ended', recording.id)).toMatchObject([
      { person_id: people.paula.id, reference: number },
    ])
  })

  test('restricts as soon as it is requested for a verified call, or once the call is verified, and until it is no longer requested', async () => {
    const { id, recording } = await requestAbout(['OBJECTION'], { state: 'FOUND' })
    expect((await stateOf(recording.id)).state).toBe('STORED')
    const other = await served({ contacts: [recording.contactId], kinds: ['KNOW'] })
    expect((await change(other.id, ['KNOW', 'OBJECTION'])).status).toBe(204)
    expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
    expect((await change(other.id, ['KNOW'])).status).toBe(204)
    expect((await stateOf(recording.id)).state).toBe('STORED')
    expect((await read(id)).state).toBe('CALL_FOUND')
  })

  test('that is granted destroys the recording and is reported in the language of the request', async () => {
    const { id, number, recording } = await requestAbout(['OBJECTION'])
    await setLanguage(id, 'sv')
    expect((await forbid(recording.id, number)).status).toBe(200)
    expect((await stateOf(recording.id)).state).toBe('DESTROYING')
    const letter = await makeLetter(id, 'objection')
    expect(await readText(letter)).toMatch(/Beslut om invändning.*artikel 21\.1.*Dataombudsmannens byrå/)
    await deliver(letter)
    expect((await close(id, 'ANSWERED')).status).toBe(204)
  })
})

describe('restriction (GDPR 18)', () => {
  test('that is granted keeps the recording for open inspections only, until a letter reports its end', async () => {
    const { id, number, recording } = await requestAbout(['RESTRICTION'])
    expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
    const readListenedUntil = (reference: string) =>
      sql<{ until: unknown }>`select listened_until(${recording.id}, 'INSPECTION', ${reference}) as until`.execute(
        admin,
      )
    expect((await readListenedUntil(number)).rows[0]!.until).toBeNull()
    const listener = await served({ contacts: [recording.contactId], kinds: ['LISTEN'] })
    expect((await readListenedUntil(listener.number)).rows[0]!.until).not.toBeNull()
    expect((await close(listener.id, 'WITHDRAWN')).status).toBe(204)

    await setLanguage(id, 'en')
    expect(await read(id)).toMatchObject({ unfinished: ['letter'] })
    const letter = await makeLetter(id, 'restriction')
    expect(await readText(letter)).toMatch(
      /has been restricted\. The recording will be destroyed no later than .*Article 18\(3\)/,
    )
    await deliver(letter)
    // Neither an outcome nor a change of the request ends the restriction without a letter.
    expect((await change(id, ['KNOW'])).status).toBe(204)
    for (const outcome of ['ANSWERED', 'REFUSED', 'WITHDRAWN']) {
      expect(unfinishedIn((await close(id, outcome)).body)).toBe('letter')
    }
    expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
    expect((await change(id, ['RESTRICTION'], 'en')).status).toBe(204)
    const ending = await makeLetter(id, 'restriction-end')
    expect(await readText(ending)).toContain('The restriction will be lifted after this letter')
    expect(unfinishedIn((await close(id, 'WITHDRAWN')).body)).toBe('letter')
    await deliver(ending)
    expect((await close(id, 'ANSWERED')).status).toBe(204)
    expect((await stateOf(recording.id)).state).toBe('STORED')
    expect(await entriesOf('restriction.ended', recording.id)).toHaveLength(1)
  })

  test('is answered by its letter: while the restriction lasts the request is open and not overdue', async () => {
    const receivedAt = now().subtract({ hours: 24 * 40 })
    const { id } = await requestAbout(['RESTRICTION'], { receivedAt })
    expect(await read(id)).toMatchObject({ state: 'CALL_FOUND', isOverdue: true })
    const before = await countOpenRequests(custodian)
    await send(id, 'restriction')
    expect(await read(id)).toMatchObject({ state: 'ANSWERED', isOverdue: false, isUrgent: false, next: [] })
    expect(await countOpenRequests(custodian)).toEqual({ open: before.open, overdue: before.overdue - 1 })
  })

  test('never keeps a recording beyond its term, after which the request closes without another letter', async () => {
    const recording = await acts.makeRecordingUntil(12)
    const { id } = await served({ contacts: [recording.contactId], kinds: ['RESTRICTION'] })
    expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
    await send(id, 'restriction')
    await setDay(recording.id, now().subtract({ minutes: 1 }))
    await sql`select settle_ends()`.execute(admin)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'DESTROYING', cause: 'retention' })
    expect((await draft(id, 'restriction-end')).code).toBe('letter.nothing-to-tell')
    expect((await close(id, 'ANSWERED')).status).toBe(204)
  })

  test('that is refused gives the reason and where to complain', async () => {
    const { id, recording } = await requestAbout(['RESTRICTION'])
    const letter = await makeLetter(id, 'refusal', { ground: 'NO_REASON' })
    expect(await readText(letter)).toMatch(/käsittelyn rajoittaminen.*18 artiklan 1 kohta.*tietosuoja@om\.fi/)
    await deliver(letter)
    expect((await close(id, 'REFUSED')).status).toBe(204)
    expect((await stateOf(recording.id)).state).toBe('STORED')
  })

  test('by an official restricts their own segment of a call, and nobody else’s', async () => {
    const recording = await makeRecording()
    await served({
      ...{ contacts: [recording.contactId], kinds: ['RESTRICTION'] as const, party: 'OFFICIAL' as const },
      officialId: people.bertil.id,
    })
    expect((await stateOf(recording.id)).state).toBe('STORED')
    await served({
      ...{ contacts: [recording.contactId], kinds: ['RESTRICTION'] as const, party: 'OFFICIAL' as const },
      officialId: people.aino.id,
    })
    expect((await stateOf(recording.id)).state).toBe('RESTRICTED')
  })
})
