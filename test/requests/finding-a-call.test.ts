// Finding a call without revealing other people's calls (R42-R46, L8; AC2, AC9, AC14, AC15), over the network.
import { beforeAll, describe, expect, test } from 'vitest'
import type { RequestCall, ReportedCall } from '#app/http/contract/request-calls.ts'
import { admit, type SegmentFacts } from '#register/admit.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { callFacts, phone } from '../database/people.ts'
import { openServiceUnit } from './open-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const unit = await openServiceUnit(database)
const { register, admin, people, act, enteredRequest, read } = unit
const capture = database.as('seloste_capture').db
const yesterday = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ days: 1 })
const day = yesterday.toPlainDate()

/** Times of a call yesterday, or on another day, at a time in Helsinki. */
function times(time: string, minutes = 10, callDay = day) {
  const startedAt = callDay
    .toZonedDateTime({ timeZone: 'Europe/Helsinki', plainTime: time.padStart(5, '0') })
    .toInstant()
  return { startedAt, answeredAt: startedAt.add({ seconds: 30 }), endedAt: startedAt.add({ minutes }) }
}
const answeredBy = (name: string, personId: string = crypto.randomUUID()): Pick<SegmentFacts, 'official'> => ({
  official: { personId, unitId: people.aino.unitId, name, phone: phone('029 512 1001') },
})
const withheld = { caller: { kind: 'withheld' as const } } as unknown as Pick<SegmentFacts, 'caller'>
const calledFrom = (number: string): Pick<SegmentFacts, 'caller'> => ({
  caller: { kind: 'e164', key: phone(number), raw: number },
})
const enterUnrecorded = async (given: Partial<SegmentFacts>) => (await admit(capture, callFacts(given))).contactId
async function enterRecorded(given: Partial<SegmentFacts>) {
  const call = await register.record(given)
  await ingestRecording(register.ingest, call.id, Temporal.Now.instant())
  return call
}

/** Enters a request whose requester is identified. */
async function identifiedRequest(given: object = {}) {
  const request = await enteredRequest(given)
  const how = 'officialUserId' in given ? 'PERSONNEL' : 'PASSPORT'
  expect((await act('POST', request.id, '/identification', { how })).status).toBe(204)
  return request
}
const forbid = (reference: string, recordingId: string) =>
  act('POST', '', `/api/recordings/${recordingId}/prohibitions`, { party: 'CALLER', channel: 'PHONE', reference })
type CallDetails = Partial<ReportedCall>
const claimOf = (given: CallDetails): ReportedCall => ({
  day: day.toString(),
  time: '13:00',
  accuracy: 'HALF_HOUR',
  ...given,
})
async function nameCall(id: string, given: CallDetails) {
  const { status, code, field, body } = await act('POST', id, '/calls', claimOf(given))
  return { status, code, field, call: body as unknown as RequestCall }
}
async function narrow(id: string, callId: string, given: CallDetails) {
  const { status, body } = await act('PUT', id, `/calls/${callId}`, claimOf(given))
  return { status, call: body as unknown as RequestCall }
}
const verify = (id: string, callId: string, isParty: boolean) =>
  act('POST', id, `/calls/${callId}/verification`, { isParty })
async function listen(number: string, recordingId: string) {
  const access = { purpose: 'INSPECTION', reference: number }
  const begun = await act('POST', '', `/api/recordings/${recordingId}/listenings`, access)
  if (begun.status !== 201) return begun.code
  const audio = await (await unit.as('paula')).fetch(String(begun.body['audio']), { headers: { range: 'bytes=0-999' } })
  return audio.status
}
const entriesOf = (action: string, id: string) =>
  admin
    .selectFrom('audit_entry')
    .select(['result', 'reference', 'detail', 'purpose', 'role'])
    .where('action', '=', action)
    .where('object_id', '=', id)
    .orderBy('seq')
    .execute()

describe('a caller with a withheld number (AC9, AC14)', () => {
  let bertils: { id: string; contactId: string }
  beforeAll(async () => {
    // Makes fourteen calls of that day with withheld numbers, and one with a known number.
    for (let at = 0; at < 12; at++) {
      await enterUnrecorded({
        ...withheld,
        ...times(`${8 + at}:15`, at === 5 ? 25 : 3),
        ...answeredBy('Aino Virtanen'),
      })
    }
    bertils = await enterRecorded({ ...withheld, ...times('13:05', 11), ...answeredBy('Bertil Lindqvist') })
    await enterUnrecorded({ ...withheld, ...times('12:50', 12), ...answeredBy('Aino Virtanen') })
    await enterUnrecorded({ ...calledFrom('040 765 4321'), ...times('13:02', 10), ...answeredBy('Bertil Lindqvist') })
  }, 60_000)

  test('finds their call by service number, time, duration and official, and nothing is shown until exactly one call fits', async () => {
    const { id, number } = await identifiedRequest()
    const first = await nameCall(id, { accuracy: 'HOURS', serviceNumber: '029 497 000', minutes: 10 })
    expect(first).toMatchObject({ status: 201, call: { ordinal: 1, state: 'SEVERAL', otherRequests: [] } })
    expect(first.call.askFor).toEqual(['accuracy', 'official'])
    expect(Object.keys(first.call).sort()).toEqual(['askFor', 'id', 'ordinal', 'otherRequests', 'state', 'told'])

    const details = { serviceNumber: '+358 29 497 000', minutes: 10, official: 'bertil' }
    const { call } = await narrow(id, first.call.id, details)
    expect(call).toMatchObject({
      state: 'FOUND',
      verification: { by: 'RECORDING', recordings: [{ id: bertils.id, hasBeenHeard: false }] },
    })
    expect(call.contact).toBeUndefined()
    expect(await entriesOf('call.looked-for', id)).toMatchObject([
      { result: 'ok', reference: number, purpose: 'INSPECTION', detail: { call: call.id } },
      { result: 'ok', reference: number, purpose: 'INSPECTION', detail: { result: 'several' } },
      { result: 'ok', reference: number, purpose: 'INSPECTION', detail: { call: call.id } },
      { result: 'ok', reference: number, purpose: 'INSPECTION', detail: { result: 'one' } },
    ])

    expect(await verify(id, call.id, true)).toMatchObject({ status: 409, code: 'call.not-heard' })
    const access = new URLSearchParams({ purpose: 'INSPECTION', reference: number }).toString()
    const mayForbid = async () =>
      JSON.stringify((await act('GET', '', `/api/contacts/${bertils.contactId}?${access}`)).body).includes('mayForbid')
    expect(await mayForbid()).toBe(false)
    expect(await listen(number, bertils.id)).toBe(206)
    expect((await read(id)).calls[0]?.verification?.recordings).toEqual([{ id: bertils.id, hasBeenHeard: true }])
    expect((await verify(id, call.id, true)).status).toBe(204)
    expect(await mayForbid()).toBe(true)
    const [matched] = (await read(id)).calls
    expect(matched).toMatchObject({
      state: 'MATCHED',
      contact: { id: bertils.contactId, caller: { kind: 'withheld' }, number: '+35829497000' },
      verifiedBy: { name: 'Paula Palvelu' },
    })
    expect(matched?.contact?.caller.number).toBeUndefined()
    expect(matched?.contact?.segments).toMatchObject([
      { official: { name: 'Bertil Lindqvist' }, recording: { id: bertils.id, state: 'available' } },
    ])
    // The requested inspection has been open since the request was received.
    const { rows } = await database
      .as()
      .pool.query(
        `select i.reference, i.received_at = q.received_at as since from inspection i join subject_request q on q.id = i.request_id where q.id = $1`,
        [id],
      )
    expect(rows).toEqual([{ reference: number, since: true }])
    expect(await entriesOf('call.verified', id)).toMatchObject([
      { result: 'refused:call.not-heard' },
      { result: 'ok', reference: number, detail: { isParty: true, by: 'RECORDING' } },
    ])
  })

  test('whose call cannot be distinguished from another is informed of no call, recorded or not', async () => {
    const { id, number } = await identifiedRequest()
    const { call } = await nameCall(id, {
      time: '13:00',
      accuracy: 'HALF_HOUR',
      serviceNumber: '029 497 000',
      minutes: 11,
    })
    expect(call.state).toBe('SEVERAL')
    expect((await act('POST', id, `/calls/${call.id}/unidentifiable`)).status).toBe(204)
    const [given] = (await read(id)).calls
    expect(Object.keys(given ?? {}).sort()).toEqual(['id', 'ordinal', 'otherRequests', 'state', 'told'])
    expect(given?.state).toBe('NOT_IDENTIFIABLE')
    expect(await listen(number, bertils.id)).toBe('not-found')
    expect(await verify(id, call.id, true)).toMatchObject({ status: 409, code: 'call.not-verifiable' })
  })

  test('who reports a number is not searched for among withheld numbers, nor the reverse', async () => {
    const { id } = await identifiedRequest()
    const details = { serviceNumber: '029 497 000', minutes: 10, official: 'Bertil' }
    expect((await nameCall(id, { ...details, time: '13:02', callerNumber: '040 1112223' })).call.state).toBe(
      'NOT_FOUND',
    )
    const known = await nameCall(id, { ...details, time: '13:02', callerNumber: '(040) 765-4321' })
    expect(known.call).toMatchObject({ state: 'FOUND', verification: { by: 'DETAILS', recordings: [] } })
    // "Salainen numero" (secret number) is not a number.
    const secret = await nameCall(id, { ...details, callerNumber: 'salainen' })
    expect(secret.call).toMatchObject({ state: 'FOUND', verification: { recordings: [{ id: bertils.id }] } })
    expect(secret.call.told?.callerNumber).toBeUndefined()
  })
})

describe('a conversation that the history has as two calls', () => {
  const at = times('10:00', 10, day.subtract({ days: 1 }))
  const later = (seconds: number, call = at) => ({
    startedAt: call.startedAt.add({ seconds }),
    answeredAt: call.answeredAt.add({ seconds }),
    endedAt: call.endedAt.add({ seconds }),
  })
  const claim = (caller: string) => ({
    ...{ day: day.subtract({ days: 1 }).toString(), time: '10:00', accuracy: 'MINUTES' as const },
    callerNumber: caller,
  })
  const person = crypto.randomUUID()

  test('is found as both of them, each of which is verified and can be forbidden', async () => {
    const caller = calledFrom('040 555 1234')
    const calls = [
      await enterRecorded({ ...caller, ...at, ...answeredBy('Aino Virtanen', person) }),
      await enterRecorded({ ...caller, ...later(15), ...answeredBy('Aino Virtanen', person) }),
    ]
    const { id, number } = await identifiedRequest({ kinds: ['LISTEN', 'PROHIBIT'] })
    const { call } = await nameCall(id, claim('040 555 1234'))
    expect(call.state).toBe('FOUND')
    const { calls: found } = await read(id)
    expect(found).toMatchObject(
      calls.map((one, ordinal) => ({
        ...{ ordinal: ordinal + 1, state: 'FOUND' },
        verification: { recordings: [{ id: one.id }] },
      })),
    )
    expect(
      (await entriesOf('call.looked-for', id)).map((entry) => (entry.detail as { contact?: string }).contact),
    ).toEqual([undefined, ...calls.map(({ contactId }) => contactId)])
    // Repeated, it names neither again.
    expect(await nameCall(id, claim('040 555 1234'))).toMatchObject({ code: 'call.named-already' })
    expect((await narrow(id, found[1]!.id, { ...claim('040 555 1234'), minutes: 10 })).call).toMatchObject({
      ...{ id: found[1]!.id, state: 'FOUND', verification: { recordings: [{ id: calls[1]!.id }] } },
    })
    for (const [place, one] of calls.entries()) {
      expect(await listen(number, one.id)).toBe(206)
      expect((await verify(id, found[place]!.id, true)).status).toBe(204)
      expect((await forbid(number, one.id)).status).toBe(200)
    }
  })

  test.each<[string, string, Partial<SegmentFacts>, Partial<SegmentFacts>]>([
    [
      'took a second call from the same number while the first was on hold',
      '040 555 1235',
      at,
      {
        ...later(120),
        endedAt: at.startedAt.add({ minutes: 5 }),
      },
    ],
    [
      'took a call from the same number right after',
      '040 555 1236',
      { ...at, endedAt: at.startedAt.add({ seconds: 50 }) },
      {
        ...{ startedAt: at.startedAt.add({ seconds: 25 }), answeredAt: at.startedAt.add({ seconds: 49 }) },
        endedAt: at.startedAt.add({ seconds: 75 }),
      },
    ],
  ])('is not assumed if the official %s', async (_what, caller, one, other) => {
    await enterRecorded({ ...calledFrom(caller), ...one, ...answeredBy('Aino Virtanen', person) })
    await enterRecorded({ ...calledFrom(caller), ...other, ...answeredBy('Aino Virtanen', person) })
    expect((await nameCall((await identifiedRequest()).id, claim(caller))).call.state).toBe('SEVERAL')
  })

  test('is not assumed of two officials, nor if a third call matches', async () => {
    const [two, three] = ['040 555 1237', '040 555 1238']
    await enterRecorded({ ...calledFrom(two), ...at, ...answeredBy('Aino Virtanen', person) })
    await enterRecorded({ ...calledFrom(two), ...later(5), ...answeredBy('Bertil Lindqvist') })
    for (const seconds of [0, 5, 400]) {
      await enterRecorded({ ...calledFrom(three), ...later(seconds), ...answeredBy('Aino Virtanen', person) })
    }
    for (const caller of [two, three]) {
      expect((await nameCall((await identifiedRequest()).id, claim(caller))).call.state).toBe('SEVERAL')
    }
  })
})

describe('a number shared by two people (AC15)', () => {
  test('gives access to nothing: each call is named and verified, and the other person’s calls are neither listed nor confirmed', async () => {
    const household = calledFrom('040 222 3333')
    const calls = []
    for (const [at, hour] of [9, 11, 13, 15, 17].entries()) {
      calls.push(await enterRecorded({ ...household, ...times(`${hour}:00`), ...answeredBy(`Virkailija ${at}`) }))
    }
    const [ownCall, othersCall] = [calls[1]!, calls[2]!]
    const { id, number } = await identifiedRequest({ kinds: ['LISTEN', 'PROHIBIT'] })
    const access = { purpose: 'INSPECTION', reference: number }
    const query = new URLSearchParams({ ...access, caller: '040 222 3333' }).toString()
    const listContacts = async () => (await act('GET', '', `/api/contacts?${query}`)).body['items'] as { id: string }[]
    expect(await listContacts()).toEqual([])
    // All calls of a day cannot be requested, because a call must be named with its time.
    const all = await nameCall(id, { time: '13:00', accuracy: 'HOURS', callerNumber: '040 222 3333' })
    expect(all.call).toMatchObject({ state: 'SEVERAL' })
    expect(await listContacts()).toEqual([])

    const narrowed = await narrow(id, all.call.id, { time: '11:00', accuracy: 'MINUTES', callerNumber: '0402223333' })
    expect(narrowed.call.verification?.recordings).toMatchObject([{ id: ownCall.id }])
    await listen(number, ownCall.id)
    const reveal = () => act('POST', '', `/api/contacts/${ownCall.contactId}/caller`, access)
    expect((await reveal()).code).toBe('not-found')
    expect((await verify(id, narrowed.call.id, true)).status).toBe(204)
    expect((await reveal()).body).toEqual({ number: '040 222 3333' })
    // Names the other person's call by its time: the voice in it is not the requester's.
    const others = await nameCall(id, { time: '13:00', accuracy: 'MINUTES', callerNumber: '+358402223333' })
    await listen(number, othersCall.id)
    expect((await verify(id, others.call.id, false)).status).toBe(204)
    const { calls: named } = await read(id)
    expect(named.map(({ state }) => state)).toEqual(['MATCHED', 'NOT_PARTY'])
    expect(JSON.stringify(named)).not.toContain(othersCall.contactId)
    expect((await listContacts()).map((one) => one.id)).toEqual([ownCall.contactId])
    expect(await listen(number, othersCall.id)).toBe('not-found')
    const contact = (which: string) =>
      act('GET', '', `/api/contacts/${which}?${new URLSearchParams(access).toString()}`)
    expect((await contact(othersCall.contactId)).code).toBe('not-found')
    expect((await contact(ownCall.contactId)).status).toBe(200)

    expect(await forbid(number, othersCall.id)).toMatchObject({ status: 404, code: 'not-found' })
    expect((await forbid(number, ownCall.id)).status).toBe(200)
    const states = await admin
      .selectFrom('recording')
      .select(['id', 'state'])
      .where(
        'id',
        'in',
        calls.map((one) => one.id),
      )
      .execute()
    expect(states.filter(({ state }) => state !== 'STORED').map((one) => one.id)).toEqual([ownCall.id])
    expect((await read(id)).calls[0]?.contact?.segments[0]?.prohibitions).toMatchObject([{ recordingId: ownCall.id }])
  })

  test('a listening ends when the requester turns out not to be the party', async () => {
    const call = await enterRecorded({ ...calledFrom('040 333 4444'), ...times('10:00'), ...answeredBy('Aino') })
    const { id, number } = await identifiedRequest()
    const { call: found } = await nameCall(id, { time: '10:00', callerNumber: '040 333 4444' })
    const access = { purpose: 'INSPECTION', reference: number }
    const { body } = await act('POST', '', `/api/recordings/${call.id}/listenings`, access)
    const audio = () =>
      unit.as('paula').then((paula) => paula.fetch(String(body['audio']), { headers: { range: 'bytes=0-99' } }))
    expect((await audio()).status).toBe(206)
    expect((await verify(id, found.id, false)).status).toBe(204)
    expect((await audio()).status).toBeGreaterThanOrEqual(400)
  })

  test('gives no access to a call under another name, until the new person is identified and the call is verified again', async () => {
    const call = await enterRecorded({ ...calledFrom('040 333 5555'), ...times('10:00'), ...answeredBy('Aino') })
    const { id, number } = await identifiedRequest({ kinds: ['KNOW', 'PROHIBIT'] })
    const { call: found } = await nameCall(id, { time: '10:00', callerNumber: '040 333 5555' })
    await listen(number, call.id)
    expect((await verify(id, found.id, true)).status).toBe(204)
    const another = { kinds: ['LISTEN', 'PROHIBIT'], language: 'fi', requester: { name: 'Aivan Toinen' } }
    expect((await act('PUT', id, '', another)).status).toBe(204)
    expect((await read(id)).calls[0]?.contact).toBeUndefined()
    expect(await listen(number, call.id)).toBe('not-found')
    expect(await forbid(number, call.id)).toMatchObject({ status: 404, code: 'not-found' })
    expect((await act('POST', id, '/identification', { how: 'PASSPORT' })).status).toBe(204)
    expect((await read(id)).calls[0]).toMatchObject({ state: 'FOUND', verifyAgain: true })
    expect(await forbid(number, call.id)).toMatchObject({ status: 404, code: 'not-found' })
    expect(await listen(number, call.id)).toBe(206)
    expect((await verify(id, found.id, true)).status).toBe(204)
    expect((await read(id)).calls[0]?.contact?.id).toBe(call.contactId)
    const waiting = await database.as().pool.query('select from inspection where request_id = $1', [id])
    expect(waiting.rowCount).toBe(1)
    expect((await forbid(number, call.id)).status).toBe(200)
  })
})

test('the person who verifies a call sees if the verification of its caller’s number failed in the network', async () => {
  const [refuted, usual] = ['040 333 6666', '040 333 7777']
  await enterUnrecorded({
    ...calledFrom(refuted),
    ...times('10:00'),
    ...answeredBy('Aino'),
    marks: ['caller-unverified'],
  })
  await enterUnrecorded({ ...calledFrom(usual), ...times('10:00'), ...answeredBy('Aino') })
  const { id } = await identifiedRequest()
  const [{ call }, { call: other }] = [
    await nameCall(id, { time: '10:00', callerNumber: refuted }),
    await nameCall(id, { time: '10:00', callerNumber: usual }),
  ]
  expect(call).toMatchObject({ state: 'FOUND', numberUnverified: true, verification: { by: 'DETAILS' } })
  expect(other).toMatchObject({ state: 'FOUND', verification: { by: 'DETAILS' } })
  expect(other).not.toHaveProperty('numberUnverified')
  expect((await verify(id, call.id, true)).status).toBe(204)
  expect((await read(id)).calls[0]).not.toHaveProperty('numberUnverified')
})

describe('a call that was not recorded, or whose recording is destroyed (AC2)', () => {
  const number = '050 555 1234'
  async function search(given: CallDetails) {
    const { id } = await identifiedRequest()
    const { call } = await nameCall(id, { callerNumber: number, ...given })
    if (call.state !== 'FOUND') return { id, state: call.state, rest: Object.keys(call) }
    expect(call.verification).toMatchObject({ by: 'DETAILS', recordings: [] })
    expect((await verify(id, call.id, true)).status).toBe(204)
    const inspections = await database.as().pool.query('select from inspection where request_id = $1', [id])
    expect(inspections.rowCount).toBe(0)
    return { id, state: 'MATCHED', segment: (await read(id)).calls[0]?.contact?.segments[0] }
  }

  test('is reported as not recorded, with nothing to listen to', async () => {
    await enterUnrecorded({ ...calledFrom(number), ...times('14:00'), ...answeredBy('Aino') })
    const { segment } = await search({ time: '14:00' })
    expect(segment?.recording).toMatchObject({ state: 'none' })
  })

  test('is reported as destroyed at its term, with the reason, and not at all after fourteen months', async () => {
    const [monthsAgo, gone] = [8, 15].map((months) => day.subtract({ months }))
    const over = await register.record({
      ...calledFrom(number),
      ...times('14:00', 10, monthsAgo),
      ...answeredBy('Aino'),
    })
    await enterUnrecorded({ ...calledFrom(number), ...times('14:00', 10, gone), ...answeredBy('Aino') })
    const destroyed = await search({ day: monthsAgo!.toString(), time: '14:00' })
    expect(destroyed.segment?.recording).toMatchObject({ id: over.id, state: 'expired', cause: 'retention' })
    const nothing = await search({ day: gone!.toString(), time: '14:00' })
    const never = await search({ day: gone!.subtract({ days: 1 }).toString(), time: '14:00' })
    expect([nothing.state, never.state]).toEqual(['NOT_FOUND', 'NOT_FOUND'])
    expect(nothing.rest).toEqual(never.rest)
  })
})

describe('an official who left (R48)', () => {
  test('is shown their own segment of a transferred call and nothing of the other official’s', async () => {
    const callIds = ['siirretty']
    const first = await enterRecorded({
      ...{ callIds, ...calledFrom('040 999 0000'), ...times('16:00'), ...answeredBy('Aino Virtanen', people.aino.id) },
    })
    const second = await enterRecorded({
      callIds,
      ...calledFrom('040 999 0000'),
      ...times('16:00'),
      ...answeredBy('Bertil'),
    })
    expect(second.contactId).toBe(first.contactId)
    const { id, number } = await identifiedRequest({ party: 'OFFICIAL', officialUserId: people.aino.userId })
    const { call } = await nameCall(id, { time: '16:00' })
    expect(call).toMatchObject({ state: 'FOUND', verification: { by: 'PERSONNEL', recordings: [{ id: first.id }] } })
    expect((await verify(id, call.id, true)).status).toBe(204)
    const [matched] = (await read(id)).calls
    expect(matched?.contact?.segments.map((segment) => segment.recording.id)).toEqual([first.id])
    expect(await listen(number, second.id)).toBe('not-found')
    expect(await listen(number, first.id)).toBe(206)
  })
})

describe('the details of a call', () => {
  test.each<[CallDetails, string, string | undefined]>([
    [{}, 'call.told-too-little', undefined],
    [{ serviceNumber: '029 497 000' }, 'call.told-too-little', undefined],
    [{ minutes: 10, official: 'Bertil' }, 'call.told-too-little', undefined],
    [{ callerNumber: 'abc' }, 'input.invalid', 'callerNumber'],
    [{ serviceNumber: '12/34/x', callerNumber: '0401234567' }, 'input.invalid', 'serviceNumber'],
    [{ day: '2126-02-28', callerNumber: '0401234567' }, 'input.invalid', 'day'],
    [{ day: '2026-02-30', callerNumber: '0401234567' }, 'input.invalid', 'day'],
    [{ time: '24:00', callerNumber: '0401234567' }, 'input.invalid', 'time'],
    [{ callerNumber: '131052-308T' }, 'input.identity-code', 'callerNumber'],
    [{ callerNumber: '0401234567', official: 'Bertil 131052-308T' }, 'input.identity-code', 'official'],
  ])('are refused with a reason: %j is %s', async (given, code, field) => {
    const { id } = await identifiedRequest()
    const refused = await nameCall(id, given)
    expect(refused).toMatchObject({ code, ...(field !== undefined && { field }) })
    expect((await read(id)).calls).toEqual([])
  })

  test('are searched for once the requester is identified, in an open request, by the Service Unit', async () => {
    const { id } = await enteredRequest()
    const given = { callerNumber: '0401234567' }
    expect(await nameCall(id, given)).toMatchObject({ status: 409, code: 'request.not-identified' })
    expect(await nameCall(crypto.randomUUID(), given)).toMatchObject({ status: 404, code: 'not-found' })
    expect((await act('POST', id, '/calls', claimOf(given), 'tuula')).code).toBe('deny.role')
    expect((await act('POST', id, '/close', { outcome: 'WITHDRAWN' })).status).toBe(204)
    expect(await nameCall(id, given)).toMatchObject({ status: 409, code: 'request.closed' })
  })

  test('of the same call are refused twice in a request, reported as named in another request, and can be withdrawn', async () => {
    await enterUnrecorded({ ...calledFrom('040 444 1111'), ...times('18:00'), ...answeredBy('Aino') })
    const given = { time: '18:00', callerNumber: '040 444 1111' }
    const [one, two] = [await identifiedRequest(), await identifiedRequest()]
    const { call } = await nameCall(one.id, given)
    expect(await nameCall(one.id, given)).toMatchObject({ status: 409, code: 'call.named-already' })
    const again = await nameCall(two.id, given)
    await verify(one.id, call.id, true)
    expect((await read(two.id)).calls[0]?.otherRequests).toEqual([])
    await verify(two.id, again.call.id, true)
    expect((await read(two.id)).calls[0]?.otherRequests).toEqual([one.number])
    expect(await act('DELETE', one.id, `/calls/${call.id}`)).toMatchObject({ status: 409, code: 'call.matched' })

    const mistaken = await nameCall(one.id, { time: '03:00', callerNumber: '040 444 1111' })
    expect((await act('DELETE', one.id, `/calls/${mistaken.call.id}`)).status).toBe(204)
    expect((await read(one.id)).calls).toHaveLength(1)
    expect((await act('DELETE', one.id, `/calls/${mistaken.call.id}`)).code).toBe('not-found')
    expect((await act('DELETE', two.id, `/calls/${call.id}`)).code).toBe('not-found')
  })

  test('can be searched for a limited number of times in a request, withdrawn calls included; other requests are not affected', async () => {
    const { id } = await identifiedRequest()
    const { call } = await nameCall(id, { time: '01:00', callerNumber: '040 444 1111' })
    await act('DELETE', id, `/calls/${call.id}`)
    // Simulates the log of a clerk who repeats the search.
    await database
      .as()
      .pool.query(
        `insert into audit_entry (person_id, action, object_kind, object_id, result) select $1, 'call.looked-for', 'request', $2, 'ok' from generate_series(1, 28)`,
        [people.pekka.id, id],
      )
    expect((await nameCall(id, { time: '01:00', callerNumber: '040 444 1111' })).status).toBe(201)
    expect(await nameCall(id, { callerNumber: '040 444 1111' })).toMatchObject({
      status: 429,
      code: 'request.too-many-searches',
    })
    expect(await entriesOf('call.looked-for', id)).toMatchObject([
      // Each of the two calls has two log entries: one for the details and one for the search.
      ...Array.from({ length: 32 }, () => ({ result: 'ok' })),
      { result: 'refused:request.too-many-searches' },
    ])
    expect((await nameCall((await identifiedRequest()).id, { callerNumber: '040 444 1111' })).status).toBe(201)
  })
})

test('a time in an hour that the clock shows twice is searched for in both, and a time in a skipped hour in the adjacent hour', async () => {
  const yesterday = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ days: 1 })
  const last = yesterday.getTimeZoneTransition('previous')!
  const before = last.getTimeZoneTransition('previous')!
  const [autumn, spring] = last.hour === 3 ? [last, before] : [before, last]
  const countFits = async (changed: Temporal.ZonedDateTime, time: string, at: string) => {
    const day = changed.toPlainDate().toString()
    const { rows } = await database.as().pool.query<{ n: number }>(
      `select count(*)::int as n
       from calls_matching_claim(jsonb_populate_record(null::subject_request, '{"party": "CALLER"}'), $1::jsonb, $2, null)`,
      [JSON.stringify({ day, time, accuracy: 'MINUTES' }), phone(at)],
    )
    return rows[0]?.n
  }
  const call = (changed: Temporal.ZonedDateTime, minutes: number, number: string) => {
    const startedAt = changed.add({ minutes }).toInstant()
    return enterUnrecorded({
      ...calledFrom(number),
      startedAt,
      endedAt: startedAt.add({ minutes: 5 }),
      answeredAt: undefined,
    })
  }
  await call(autumn, -30, '040 100 0001')
  await call(autumn, 30, '040 100 0002')
  await call(spring, 30, '040 100 0003')
  for (const number of ['040 100 0001', '040 100 0002']) expect(await countFits(autumn, '03:30', number)).toBe(1)
  expect(await countFits(spring, '03:30', '040 100 0003')).toBe(1)
  expect(await countFits(spring, '04:30', '040 100 0003')).toBe(1)
  expect(await countFits(autumn, '04:30', '040 100 0001')).toBe(0)
})

test('a search that found a call is not shown to its official, but is in the log for the data protection officer', async () => {
  const contactId = await enterUnrecorded({
    ...{ ...calledFrom('040 222 3344'), ...times('17:40'), ...answeredBy('Aino Virtanen', people.aino.id) },
  })
  const { id, number } = await identifiedRequest()
  const found = await nameCall(id, { time: '17:40', callerNumber: '040 222 3344' })
  expect(found.call.state).toBe('FOUND')
  expect((await entriesOf('call.looked-for', id)).at(-1)?.detail).toMatchObject({ contact: contactId })
  const now = Temporal.Now.instant()
  const time = `from=${now.subtract({ hours: 24 }).toString()}&to=${now.add({ hours: 1 }).toString()}`
  const readViews = () => act('GET', '', `/api/my-calls/looks?${time}`, undefined, 'aino')
  const before = await readViews()
  expect(before.status).toBe(200)
  expect(JSON.stringify(before.body)).not.toContain(contactId)
  // Once the call is verified as the requester's and viewed, its official is informed of the view, but not of the
  // requester.
  expect((await verify(id, found.call.id, true)).status).toBe(204)
  await read(id)
  const after = JSON.stringify((await readViews()).body)
  expect(after).toContain(contactId)
  expect(after).not.toContain(number)
  for (const user of ['aino', 'riitta', 'tuula', 'paula'] as const)
    expect((await act('GET', '', '/api/log?action=call.looked-for', undefined, user)).status).toBe(403)
})
