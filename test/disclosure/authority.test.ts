// AC20, R34, R35: what an authority receives, by whose decision and on what ground, over the network.
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { storeDisclosureRules } from '#use/disclosure/disclosure-rules.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'
import { answer } from '../register/open-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const {
  makeRecording,
  makeRecordingUntil,
  forbidByOfficial,
  forbidByCaller,
  stateOf,
  until,
  get,
  post,
  admin,
  custodian,
  as,
  setDay,
} = ends

const rules = ends.versions.at(Temporal.Now.instant()).description.disclosure
const [police] = rules.provisions
const yesterday = Temporal.Now.plainDateISO('Europe/Helsinki').subtract({ days: 1 })
const expired = { ...police!, id: 'expired-yesterday', validTo: yesterday }

beforeAll(async () => {
  await ends.startCustodian()
  await storeDisclosureRules(custodian, { ...rules, provisions: [police!, expired] })
}, 60_000)

const request = (given: object = {}) => ({
  origin: 'REQUEST',
  authority: 'Itä-Uudenmaan poliisilaitos',
  officer: 'Rikosylikonstaapeli M. Malli, 0295 430 000',
  caseNumber: '5560/R/1234/26',
  aim: 'INVESTIGATION',
  provisionId: police!.id,
  receivedAt: Temporal.Now.instant().subtract({ minutes: 1 }).toString(),
  ...given,
})
type Name = Parameters<typeof as>[0]
const path = (id: string, rest = '') => `/api/authority-disclosures/${id}${rest}`
async function send(name: Name, method: 'PUT' | 'DELETE', url: string, json?: object) {
  return answer((await as(name)).fetch(url, { method, ...(json && { json }) }))
}
async function enterRequest(given?: object): Promise<string> {
  const { status, body } = await post('tuula', '/api/authority-disclosures', request(given))
  expect({ status, body }).toMatchObject({ status: 201 })
  return body['id'] as string
}
const add = (id: string, call: { id: string; contactId: string }, what = 'BOTH') =>
  post('tuula', path(id, '/items'), { contactId: call.contactId, recordingId: call.id, what })
const assess = (id: string) => send('tuula', 'PUT', path(id, '/assessment'), { text: 'Peruste kattaa pyydetyn.' })
async function shownDigest(id: string) {
  const { rows } = await sql<{ seen: string }>`
    select authority_digest(d) as seen from authority_disclosure d where id = ${id}`.execute(admin)
  return rows[0]!.seen
}
const decide = async (id: string, given: object = {}, name: Name = 'riitta') =>
  post(name, path(id, '/decision'), {
    outcome: 'GRANTED',
    reasons: 'Poliisin pyyntö on yksilöity.',
    seen: await shownDigest(id),
    ...given,
  })
/** Enters a request with an item for each call, and assesses it. */
async function preparedRequest(calls: readonly { id: string; contactId: string }[], given?: object): Promise<string> {
  const id = await enterRequest(given)
  for (const call of calls) expect(await add(id, call)).toMatchObject({ status: 201 })
  expect((await assess(id)).status).toBe(204)
  return id
}
const read = async (id: string, name: Name = 'riitta') => (await get(name, path(id))).body
const close = (id: string, unreleasedBecause?: string) =>
  post('riitta', path(id, '/close'), unreleasedBecause === undefined ? {} : { unreleasedBecause })

describe('a request of an authority', () => {
  test('is visible to the security unit, the decision maker and the data protection officer only', async () => {
    const call = await makeRecording()
    const id = await preparedRequest([call])
    for (const name of ['tuula', 'riitta', 'dora'] as const) {
      expect(await read(id, name)).toMatchObject({ caseNumber: '5560/R/1234/26', state: 'ASSESSED' })
    }
    for (const name of ['aino', 'paula', 'matti', 'asta'] as const) {
      expect(await get(name, '/api/authority-disclosures')).toMatchObject({ status: 403, code: 'deny.role' })
      expect(await get(name, path(id))).toMatchObject({ status: 403, code: 'deny.role' })
      expect(await post(name, '/api/authority-disclosures', request())).toMatchObject({ code: 'deny.role' })
    }
    const seen = await get('aino', `/api/contacts/${call.contactId}?purpose=DEVELOPMENT`)
    expect(JSON.stringify(seen.body)).not.toMatch(/poliisi|V-20\d\d|5560|authority/i)
  })

  test('is reported without its calls to the data protection officer, who sees none', async () => {
    const call = await makeRecording()
    const id = await preparedRequest([call])
    expect(JSON.stringify(await read(id, 'dora'))).not.toMatch(new RegExp(`${call.id}|${call.contactId}`))
    expect(await read(id, 'dora')).toMatchObject({ items: 1, itemList: [{ item: 1, what: 'BOTH' }] })
    expect(await read(id, 'tuula')).toMatchObject({ itemList: [{ recordingId: call.id, contactId: call.contactId }] })
  })

  test('is granted only as it was viewed: it is refused if a call was added, or the ground or assessment changed, meanwhile', async () => {
    const id = await preparedRequest([await makeRecording()])
    for (const change of [
      async () => add(id, await makeRecording()),
      () => send('tuula', 'PUT', path(id), request({ officer: 'Joku muu' })),
      () => send('tuula', 'PUT', path(id, '/assessment'), { text: 'Toinen arvio.' }),
    ]) {
      const { seen } = await read(id)
      await change()
      for (const given of [{}, { outcome: 'PART', items: [1] }])
        expect(await decide(id, { ...given, seen })).toMatchObject({ status: 409, code: 'authority.changed-meanwhile' })
    }
    const { seen } = await read(id)
    expect((await decide(id, { seen })).status).toBe(204)
  })

  test('cannot be granted without a statutory ground, which is reported as missing', async () => {
    const call = await makeRecording()
    const id = await preparedRequest([call], { provisionId: undefined })
    expect(await read(id)).toMatchObject({ lacks: expect.arrayContaining([{ what: 'provision' }]) as unknown })
    expect(await decide(id)).toMatchObject({ status: 409, code: 'authority.provision' })
    expect((await decide(id, { outcome: 'REFUSED' })).status).toBe(204)
    expect(await read(id)).toMatchObject({ state: 'REFUSED', lacks: [] })
  })

  test('under a provision that has ended can be neither entered nor granted', async () => {
    expect(await post('tuula', '/api/authority-disclosures', request({ provisionId: expired.id }))).toMatchObject({
      code: 'authority.provision-expired',
    })
    const id = await preparedRequest([await makeRecording()])
    await sql`update authority_disclosure set provision_id = ${expired.id} where id = ${id}`.execute(admin)
    expect(await decide(id)).toMatchObject({ status: 409, code: 'authority.provision-expired' })
  })

  test('cannot be granted before it is assessed, while it is empty, or by its preparer', async () => {
    const id = await enterRequest()
    expect(await decide(id)).toMatchObject({ code: 'authority.assessment' })
    await assess(id)
    expect(await decide(id)).toMatchObject({ code: 'authority.items' })
    expect((await add(id, await makeRecording())).status).toBe(201)
    expect(await decide(id, {}, 'tuula')).toMatchObject({ status: 403, code: 'deny.role' })
    await sql`update authority_disclosure set assessed_by = ${ends.people.riitta.id} where id = ${id}`.execute(admin)
    expect(await decide(id)).toMatchObject({ status: 403, code: 'authority.own' })
    await sql`update authority_disclosure set assessed_by = ${ends.people.tuula.id}, hands = array[${ends.people.riitta.id}::uuid] where id = ${id}`.execute(
      admin,
    )
    expect(await decide(id)).toMatchObject({ status: 403, code: 'authority.own' })
    expect(await send('tuula', 'DELETE', path(id, '/items/99999999999'))).toMatchObject({ code: 'input.invalid' })
  })

  test('can be granted in part by naming items; the other recordings are then no longer kept for it', async () => {
    const [one, other] = [await makeRecording(), await makeRecording()]
    const id = await preparedRequest([one, other])
    expect(await decide(id, { outcome: 'PART', items: [9] })).toMatchObject({ code: 'authority.items' })
    expect((await decide(id, { outcome: 'PART', items: [1] })).status).toBe(204)
    expect(await read(id)).toMatchObject({ state: 'DECIDED', itemList: [{ granted: true }, { granted: false }] })
    expect(await decide(id)).toMatchObject({ status: 409, code: 'authority.decided' })
    expect((await forbidByOfficial(other.id)).status).toBe(200)
    await until(other.id, 'DESTROYED')
  })

  test('cannot contain a personal identity code in any text', async () => {
    const id = await enterRequest()
    const code = '131052-308T'
    expect(await send('tuula', 'PUT', path(id, '/assessment'), { text: `Asia koskee ${code}.` })).toMatchObject({
      code: 'input.identity-code',
    })
    expect(await post('tuula', '/api/authority-disclosures', request({ officer: code }))).toMatchObject({
      code: 'input.identity-code',
    })
  })

  test('cannot be entered if the description provides for no disclosure to authorities', async () => {
    await storeDisclosureRules(custodian, { ...rules, authority: false })
    try {
      expect(await post('tuula', '/api/authority-disclosures', request())).toMatchObject({
        status: 403,
        code: 'authority.authority-off',
      })
    } finally {
      await storeDisclosureRules(custodian, { ...rules, provisions: [police!, expired] })
    }
  })
})

describe('a recording requested by an authority', () => {
  test('makes the disclosure urgent at once if it is close to its destruction day, and is destroyed on that day nevertheless', async () => {
    const call = await makeRecordingUntil(36)
    const id = await preparedRequest([call])
    const later = await preparedRequest([await makeRecording()])
    expect(await read(later)).not.toHaveProperty('urgentAt')
    const list = (await get('riitta', '/api/authority-disclosures')).body['items'] as {
      id: string
      urgentAt?: string
    }[]
    expect(list[0]).toMatchObject({ id, urgentAt: (await stateOf(call.id)).destroy_at!.toString() })
    await setDay(call.id, Temporal.Now.instant().subtract({ seconds: 1 }))
    expect(await decide(id)).toMatchObject({ status: 409, code: 'authority.item-destroyed' })
    expect(await read(id)).toMatchObject({
      lacks: expect.arrayContaining([{ what: 'item-destroyed', items: [1] }]) as unknown,
    })
  })

  test('waits if its use is forbidden after the request, and is destroyed when the disclosure is closed', async () => {
    const call = await makeRecording()
    const id = await preparedRequest([call])
    // The answer does not say for whom the recording waits, because that would reveal the police.
    expect((await forbidByCaller(call.id)).body).toMatchObject({ state: 'blocked' })
    expect(await stateOf(call.id)).toMatchObject({ state: 'RESTRICTED' })
    expect((await decide(id)).status).toBe(204)
    expect((await close(id, 'Kuulusteltiin muualla.')).status).toBe(204)
    expect(await until(call.id, 'DESTROYED')).toMatchObject({ cause: 'caller' })
  })

  test('that was forbidden before the request does not wait for the request', async () => {
    const call = await makeRecording()
    expect((await forbidByOfficial(call.id)).status).toBe(200)
    await until(call.id, 'DESTROYED')
    expect(await add(await enterRequest(), call)).toMatchObject({ code: 'recording.destroyed' })
  })

  test('is destroyed when its item is removed', async () => {
    const call = await makeRecording()
    const id = await preparedRequest([call])
    await forbidByCaller(call.id)
    expect((await send('tuula', 'DELETE', path(id, '/items/1'))).status).toBe(204)
    await until(call.id, 'DESTROYED')
  })

  test('can be requested once in a disclosure, and only with its own call', async () => {
    const [call, other] = [await makeRecording(), await makeRecording()]
    const id = await preparedRequest([call])
    expect(await add(id, call)).toMatchObject({ code: 'authority.item-twice' })
    expect(await add(id, { id: other.id, contactId: call.contactId })).toMatchObject({ code: 'authority.no-recording' })
  })
})

test('a granted disclosure is closed once it has been released, or else with a reason; a refused one needs no reason', async () => {
  const id = await preparedRequest([await makeRecording()])
  expect(await close(id, 'Ei noudettu.')).toMatchObject({ status: 409, code: 'authority.decision' })
  expect((await decide(id)).status).toBe(204)
  expect(await close(id)).toMatchObject({ status: 409, code: 'authority.unreleased', field: 'unreleasedBecause' })
  expect(await close(id, ' ')).toMatchObject({ status: 400, code: 'input.invalid' })
  expect((await close(id, 'Ei noudettu.')).status).toBe(204)
  expect(await read(id)).toMatchObject({ state: 'CLOSED', unreleasedBecause: 'Ei noudettu.' })

  const refused = await preparedRequest([await makeRecording()])
  expect((await decide(refused, { outcome: 'REFUSED' })).status).toBe(204)
  expect(await close(refused, 'Ei noudettu.')).toMatchObject({ status: 400, code: 'authority.no-reason-wanted' })
  expect((await close(refused)).status).toBe(204)

  const given = await preparedRequest([await makeRecording()])
  expect((await decide(given)).status).toBe(204)
  await sql`update authority_disclosure set released_at = now() where id = ${given}`.execute(database.as().db)
  expect(await close(given, 'Ei noudettu.')).toMatchObject({ code: 'authority.no-reason-wanted' })
  expect((await close(given)).status).toBe(204)
  expect(await read(given)).not.toHaveProperty('unreleasedBecause')
})

test('every act on a disclosure is logged with the disclosure’s id, and without any of its texts', async () => {
  const id = await preparedRequest([await makeRecording()])
  await decide(id)
  await read(id)
  await close(id, 'Kuulusteltiin muualla.')
  const entries = await admin.selectFrom('audit_entry').selectAll().where('object_id', '=', id).orderBy('seq').execute()
  expect(entries.map(({ action }) => action)).toEqual([
    'authority.entered',
    'authority.item-added',
    'authority.assessed',
    'authority.decided',
    'authority.read',
    'authority.closed',
  ])
  expect(JSON.stringify(entries)).not.toMatch(/poliisi|Malli|Peruste/)
})
