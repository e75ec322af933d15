// AC11 and AC12, over the network, with the custodian that destroys: the use of a recording is forbidden.
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { bodyKey, indexKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { answer } from '../register/open-desk.ts'
import { openDestructionDesk } from './open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const {
  as,
  makeRecording,
  forbid,
  forbidByOfficial,
  forbidByCaller,
  serve,
  stateOf,
  until,
  post,
  get,
  admin,
  register,
} = ends
const now = () => Temporal.Now.instant()

beforeAll(() => ends.startCustodian(), 60_000)

async function listen(name: 'aino' | 'paula' | 'tuula', id: string, access: object) {
  return post(name, `/api/recordings/${id}/listenings`, access)
}
const development = { purpose: 'DEVELOPMENT' }

describe('a recording whose use is forbidden is blocked at once and destroyed within a minute', () => {
  test('by its caller, through the Service Unit, long before the minimum, without giving a reason', async () => {
    const { id, contactId } = await makeRecording()
    const begun = await listen('aino', id, development)
    expect(begun.status).toBe(201)
    const playing = begun.body as unknown as { audio: string }

    const forbidden = await forbidByCaller(id)
    expect(forbidden).toMatchObject({ status: 200, body: { recordingId: id, state: 'blocked' } })
    // A playback in progress gets no further byte.
    const { status, code } = await answer((await as('aino')).fetch(playing.audio, { headers: { range: 'bytes=0-99' } }))
    expect({ status, code }).toEqual({ status: 404, code: 'recording.destroyed' })

    expect(await until(id, 'DESTROYED')).toMatchObject({ cause: 'caller' })
    for (const key of [bodyKey(id), indexKey(id)]) await expect(register.objects.sizeBytes(key)).rejects.toThrow()
    expect(await admin.selectFrom('recording_key').selectAll().where('recording_id', '=', id).execute()).toEqual([])
    const ledger = await admin.selectFrom('destruction_entry').selectAll().where('object_id', '=', id).execute()
    expect(ledger).toMatchObject([{ object_kind: 'recording', cause: 'caller' }])

    const contact = await get('aino', `/api/contacts/${contactId}?purpose=DEVELOPMENT`)
    expect(contact.status).toBe(200)
    expect(JSON.stringify(contact.body)).toContain('"cause":"caller"')
    expect((await forbidByCaller(id)).body).toMatchObject({ state: 'executed' })
  })

  test('by its official, for themself or for a caller who asked for it during the call', async () => {
    const [mine, forbidden] = [await makeRecording(), await makeRecording()]
    expect(await forbidByOfficial(mine.id)).toMatchObject({ status: 200 })
    expect(await forbid('aino', forbidden.id, { party: 'CALLER', channel: 'CALL' })).toMatchObject({ status: 200 })
    expect(await until(mine.id, 'DESTROYED')).toMatchObject({ cause: 'official' })
    expect(await until(forbidden.id, 'DESTROYED')).toMatchObject({ cause: 'caller' })
  })

  test('with a repetition of the prohibition, which counts as the same prohibition', async () => {
    await ends.stopCustodian()
    const { id } = await makeRecording()
    const [first, second] = [await forbidByOfficial(id), await forbidByOfficial(id)]
    expect(second.body['id']).toBe(first.body['id'])
    expect(await stateOf(id)).toMatchObject({ state: 'DESTROYING', cause: 'official' })
    const forbidden = await admin
      .selectFrom('audit_entry')
      .select('detail')
      .where('action', '=', 'recording.forbidden')
      .where('object_id', '=', first.body['id'] as string)
      .execute()
    expect(forbidden).toMatchObject([{ detail: { recording: id, party: 'OFFICIAL' } }])
    await ends.startCustodian()
    await until(id, 'DESTROYED')
  })
})

describe('nobody else can forbid, and a stranger learns nothing', () => {
  test('an official cannot forbid another’s call', async () => {
    const { id } = await makeRecording()
    expect(await forbid('bertil', id, { party: 'CALLER', channel: 'CALL' })).toMatchObject({
      status: 404,
      code: 'not-found',
    })
    const nowhere = await forbid('bertil', crypto.randomUUID(), { party: 'CALLER', channel: 'CALL' })
    expect(nowhere).toMatchObject({ status: 404, code: 'not-found' })
    expect(await stateOf(id)).toMatchObject({ state: 'STORED' })
  })

  test.each(['matti', 'tuula', 'riitta', 'asta', 'dora'] as const)('%s may not', async (name) => {
    const { id } = await makeRecording()
    const body = { party: 'CALLER', channel: 'LETTER', reference: 'X-1' }
    expect(await forbid(name, id, body)).toMatchObject({ status: 403, code: 'deny.role' })
    expect(await stateOf(id)).toMatchObject({ state: 'STORED' })
  })

  test('the Service Unit must name the request in which the requester forbids', async () => {
    const { id } = await makeRecording()
    expect(await forbid('paula', id, { party: 'CALLER', channel: 'LETTER' })).toMatchObject({ code: 'deny.reference' })
  })

  test('the Service Unit forbids for the requester a call that was verified to be theirs, and no other call (R46, AC15)', async () => {
    const [x, y] = [await makeRecording(), await makeRecording()]
    const request = await serve([x.contactId])
    const found = await serve([x.contactId], { state: 'FOUND' })
    const asOfficial = { party: 'OFFICIAL', channel: 'LETTER', reference: request.number }
    const asCaller = { ...asOfficial, party: 'CALLER' }
    const notTheirs = { status: 404, code: 'not-found' }
    expect(await forbid('paula', y.id, asCaller)).toMatchObject(notTheirs)
    expect(await forbid('paula', crypto.randomUUID(), asCaller)).toMatchObject(notTheirs)
    expect(await forbid('paula', x.id, asOfficial)).toMatchObject(notTheirs)
    expect(await forbid('paula', x.id, { ...asCaller, reference: 'PY-1' })).toMatchObject(notTheirs)
    expect(await forbid('paula', x.id, { ...asCaller, reference: found.number })).toMatchObject(notTheirs)
    await admin.executeQuery(
      sql`update subject_request set closed_at = now(), outcome = 'WITHDRAWN' where id = ${found.id}`.compile(admin),
    )
    expect(await forbid('paula', x.id, { ...asCaller, reference: found.number })).toMatchObject(notTheirs)
    for (const { id } of [x, y]) expect(await stateOf(id)).toMatchObject({ state: 'STORED' })
    expect(await forbid('paula', x.id, asCaller)).toMatchObject({ status: 200 })
    await until(x.id, 'DESTROYED')
    expect(await stateOf(y.id)).toMatchObject({ state: 'STORED' })
  })
})

describe('a prohibition waits for the other party’s inspection that was open when the prohibition was received (AC12)', () => {
  async function openRequest({ contactId }: { contactId: string }, party: 'CALLER' | 'OFFICIAL') {
    const officialId = party === 'OFFICIAL' ? { officialId: ends.people.aino.id } : {}
    const receivedAt = now().subtract({ hours: 1 })
    return serve([contactId], { party, ...officialId, kinds: ['LISTEN'], receivedAt })
  }

  test('during which the recording is closed to everybody but that case; it is destroyed when the case closes', async () => {
    const recording = await makeRecording()
    const request = await openRequest(recording, 'CALLER')
    expect((await forbidByOfficial(recording.id)).body).toMatchObject({ state: 'waiting' })
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
    expect(await listen('aino', recording.id, development)).toMatchObject({ code: 'recording.restricted' })
    const other = { purpose: 'INSPECTION', reference: (await serve([recording.contactId])).number }
    expect(await listen('paula', recording.id, other)).toMatchObject({ code: 'recording.restricted' })
    const itsOwn = { purpose: 'INSPECTION', reference: request.number }
    const received = await listen('paula', recording.id, itsOwn)
    expect(received.status).toBe(201)
    const { audio } = received.body as unknown as { audio: string }
    expect((await (await as('paula')).fetch(audio, { headers: { range: 'bytes=0-99' } })).status).toBe(206)

    await ends.closeInspection(request.calls[0]?.inspectionId, 'no-show')
    expect(await until(recording.id, 'DESTROYED')).toMatchObject({ cause: 'official' })
  })

  test('but not for an inspection of the party itself, nor for one that was received later', async () => {
    const [own, later] = [await makeRecording(), await makeRecording()]
    await openRequest(own, 'OFFICIAL')
    expect((await forbidByOfficial(own.id)).body).toMatchObject({ state: 'blocked' })
    await until(own.id, 'DESTROYED')
    expect((await forbidByOfficial(later.id)).body).toMatchObject({ state: 'blocked' })
    await until(later.id, 'DESTROYED')
  })

  test('but not past the recording’s destruction day', async () => {
    const recording = await ends.makeRecordingUntil(24 * 10)
    await openRequest(recording, 'CALLER')
    await forbidByOfficial(recording.id)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
    await ends.setDay(recording.id, now())
    expect(await until(recording.id, 'DESTROYED')).toMatchObject({ cause: 'official' })
  })
})

describe('the period in which a recalled copy must be confirmed (AC13)', () => {
  test.each([
    ['2026-11-23T10:00:00+02:00', '2026-11-27T00:00:00+02:00'],
    ['over a weekend', '2026-11-26T23:59:00+02:00', '2026-12-02T00:00:00+02:00'],
    ['over Christmas', '2026-12-22T10:00:00+02:00', '2026-12-30T00:00:00+02:00'],
    ['over Epiphany', '2027-01-04T10:00:00+02:00', '2027-01-09T00:00:00+02:00'],
    ['over Easter', '2027-03-25T10:00:00+02:00', '2027-04-02T00:00:00+03:00'],
    ['over May Day, a Friday', '2026-04-29T10:00:00+03:00', '2026-05-06T00:00:00+03:00'],
    ['over Ascension Day', '2027-05-05T10:00:00+03:00', '2027-05-12T00:00:00+03:00'],
    ['over Midsummer Eve', '2027-06-24T10:00:00+03:00', '2027-07-01T00:00:00+03:00'],
  ])('which is three working days long by default: %s', async (...given) => {
    const [from, due] = given.slice(-2) as [string, string]
    const { rows } = await database
      .as()
      .pool.query<{ due: Temporal.Instant }>('select working_days_after($1, 3) as due', [from])
    expect(rows[0]?.due.toString()).toBe(Temporal.Instant.from(due).toString())
  })

  test.each([
    [1, '2026-11-27T10:00:00+02:00', '2026-12-01T00:00:00+02:00'],
    [5, '2026-11-26T10:00:00+02:00', '2026-12-04T00:00:00+02:00'],
    [10, '2026-12-17T10:00:00+02:00', '2027-01-06T00:00:00+02:00'],
  ])('or as many working days as the description sets: %i from %s', async (days, from, due) => {
    const { rows } = await database
      .as()
      .pool.query<{ due: Temporal.Instant }>('select working_days_after($1, $2) as due', [from, days])
    expect(rows[0]?.due.toString()).toBe(Temporal.Instant.from(due).toString())
  })
})
