// AC20 and L37: preservation orders over the network, and how little of them other people see.
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openDestructionDesk } from './open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const { makeRecording, makeRecordingUntil, forbidByOfficial, stateOf, until, post, get, admin, setDay } = ends
const now = () => Temporal.Now.instant()
const months = (count: number) => now().toZonedDateTimeISO('Europe/Helsinki').add({ months: count }).toInstant()

beforeAll(() => ends.startCustodian(), 60_000)

const order = (contactId: string, given: object = {}) => ({
  contactId,
  covers: 'both',
  provision: '806/2011 8:24',
  authority: 'Helsingin poliisilaitos',
  orderReference: 'R/1/27',
  until: now()
    .add({ hours: 24 * 30 })
    .toString(),
  reference: 'TURVA-1',
  ...given,
})
async function enterOrder(contactId: string, given?: object): Promise<string> {
  const { status, body } = await post('tuula', '/api/holds', order(contactId, given))
  expect(status).toBe(201)
  return body['id'] as string
}
const listen = (name: 'aino' | 'tuula' | 'matti' | 'paula', id: string, access: object) =>
  post(name, `/api/recordings/${id}/listenings`, access)
/** Lets an order expire. */
async function letEnd(id: string) {
  const client = await database.as().pool.connect()
  await client.query('set session_replication_role = replica')
  await client.query(`update preservation_order set until = now() - interval '1 second' where id = $1`, [id])
  await client.query('set session_replication_role = default')
  client.release()
}

describe('an order in force', () => {
  test('blocks a recording for everybody but the security unit, and is shown to nobody else', async () => {
    const { id, contactId } = await makeRecording()
    await enterOrder(contactId)
    expect(await stateOf(id)).toMatchObject({ state: 'RESTRICTED' })
    expect(await listen('aino', id, { purpose: 'DEVELOPMENT' })).toMatchObject({ code: 'recording.restricted' })
    const fault = { purpose: 'MAINTENANCE', reference: 'VIKA-1' }
    expect(await listen('matti', id, fault)).toMatchObject({ code: 'recording.restricted' })
    const inspection = { purpose: 'INSPECTION', reference: (await ends.serve([contactId])).number }
    expect(await listen('paula', id, inspection)).toMatchObject({ code: 'recording.restricted' })
    expect((await listen('tuula', id, { purpose: 'CRIME_OR_MISUSE', reference: 'TURVA-1' })).status).toBe(201)

    const seen = await get('aino', `/api/contacts/${contactId}?purpose=DEVELOPMENT`)
    expect(JSON.stringify(seen.body)).toContain('"state":"restricted"')
    expect(JSON.stringify(seen.body)).not.toMatch(/hold|order|poliisi|806\/2011/i)
    for (const name of ['aino', 'paula', 'matti', 'asta', 'dora'] as const) {
      expect((await get(name, '/api/holds')).code).toBe('deny.role')
      expect((await post(name, '/api/holds', order(contactId))).code).toBe('deny.role')
    }
  })

  test('keeps a recording past its day, shows it as ended like any other, and releases it when the order expires', async () => {
    const recording = await makeRecordingUntil(36)
    const hold = await enterOrder(recording.contactId)
    await setDay(recording.id, now().subtract({ hours: 1 }))
    const update = ends.custodian.updateTable('recording').set({ state: 'DESTROYING', cause: 'retention' })
    await expect(update.where('id', '=', recording.id).execute()).rejects.toThrow(/not to be destroyed now/)
    const destructionShown = async () =>
      JSON.stringify((await get('aino', `/api/contacts/${recording.contactId}?purpose=DEVELOPMENT`)).body)
    await expect.poll(destructionShown, { timeout: 15_000 }).toMatch(/"state":"destroyed".*"cause":"retention"/)
    const seen = await destructionShown()
    expect(await listen('aino', recording.id, { purpose: 'DEVELOPMENT' })).toMatchObject({
      code: 'recording.destroyed',
    })
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })

    await letEnd(hold)
    expect(await until(recording.id, 'DESTROYED')).toMatchObject({ cause: 'hold-end' })
    expect(await destructionShown()).toBe(seen)
  })

  test('delays a prohibition, which is accepted without mentioning the order and carried out when the order ends', async () => {
    const { id, contactId } = await makeRecording()
    const plain = await makeRecording()
    const hold = await enterOrder(contactId)
    const forbidden = await forbidByOfficial(id)
    const usual = await forbidByOfficial(plain.id)
    expect(forbidden).toMatchObject({ status: usual.status, body: { state: usual.body['state'] } })
    expect(Object.keys(forbidden.body)).toEqual(Object.keys(usual.body))
    await until(plain.id, 'DESTROYED')
    expect(await stateOf(id)).toMatchObject({ state: 'RESTRICTED' })
    const { body } = await get('riitta', '/api/holds?state=in-force')
    const shown = (body['items'] as { id: string }[]).find((one) => one.id === hold)
    expect(shown).toMatchObject({ waitingProhibitions: 1, enteredBy: 'Tuula', may: { renew: true, end: true } })

    expect((await post('tuula', `/api/holds/${hold}/end`, { note: 'Peruttu' })).code).toBe('hold.own')
    expect((await post('riitta', `/api/holds/${hold}/end`, { note: 'Peruttu' })).status).toBe(204)
    expect(await until(id, 'DESTROYED')).toMatchObject({ cause: 'official' })
    expect((await post('riitta', `/api/holds/${hold}/end`, { note: 'Peruttu' })).code).toBe('hold.over')
  })

  test('that ends before a recording’s day makes it available to everybody again', async () => {
    const { id, contactId } = await makeRecording()
    const first = await enterOrder(contactId)
    const second = await enterOrder(contactId, {
      ...{
        orderReference: 'R/2/27',
        until: now()
          .add({ hours: 24 * 20 })
          .toString(),
      },
    })
    await letEnd(first)
    await expect
      .poll(async () => (await get('riitta', '/api/holds?state=ended')).body['items'], { timeout: 15_000 })
      .toContainEqual(expect.objectContaining({ id: first }))
    expect(await stateOf(id)).toMatchObject({ state: 'RESTRICTED' })
    await letEnd(second)
    await until(id, 'STORED')
    expect((await listen('aino', id, { purpose: 'DEVELOPMENT' })).status).toBe(201)
  })

  test('keeps recordings that are ingested after it was entered', async () => {
    const recording = await ends.register.record()
    await enterOrder(recording.contactId)
    expect(await stateOf(recording.id)).toMatchObject({ state: 'STORED' })
    const { ingestRecording } = await import('#register/recordings/ingest-recording.ts')
    await ingestRecording(ends.register.ingest, recording.id, now())
    expect(await stateOf(recording.id)).toMatchObject({ state: 'RESTRICTED' })
  })
})

describe('the end of an order', () => {
  test('is at most three calendar months from its entry or renewal, not in the past, and not made earlier by a renewal', async () => {
    const { contactId } = await makeRecording()
    const late = months(3).add({ minutes: 1 }).toString()
    expect(await post('tuula', '/api/holds', order(contactId, { until: late }))).toMatchObject({
      status: 400,
      code: 'hold.until-wrong',
    })
    const past = now().subtract({ minutes: 1 }).toString()
    expect((await post('tuula', '/api/holds', order(contactId, { until: past }))).code).toBe('hold.until-wrong')
    const hold = await enterOrder(contactId)
    const renew = (until: Temporal.Instant) =>
      post('riitta', `/api/holds/${hold}/renewals`, { until: until.toString(), orderReference: 'R/9/27' })
    expect((await renew(now().add({ hours: 24 }))).code).toBe('hold.until-wrong')
    expect((await renew(months(3).add({ minutes: 1 }))).code).toBe('hold.until-wrong')
    expect((await renew(months(3).subtract({ minutes: 1 }))).status).toBe(204)
    const { body } = await get('tuula', '/api/holds')
    expect((body['items'] as { id: string }[]).find(({ id }) => id === hold)).toMatchObject({
      renewals: [{ orderReference: 'R/9/27', by: 'Riitta' }],
      may: { renew: false, end: false },
    })
    expect(
      await post('tuula', `/api/holds/${hold}/renewals`, { until: months(3).toString(), orderReference: 'R/10/27' }),
    ).toMatchObject({ status: 403, code: 'hold.own' })
    const { rows: ledger } = await sql<{ cause: string }>`
      select cause from opened_entry where object_id = ${hold} order by seq`.execute(admin)
    expect(ledger.map(({ cause }) => cause)).toEqual(['entered', 'renewed'])
  })

  test('an order is refused if its recording was destroyed', async () => {
    const { id, contactId } = await makeRecording()
    await forbidByOfficial(id)
    await until(id, 'DESTROYED')
    const request = order(contactId, { covers: 'recordings' })
    expect(await post('tuula', '/api/holds', request)).toMatchObject({ status: 409, code: 'hold.nothing-left' })
  })

  test('an order must name its case', async () => {
    const { contactId } = await makeRecording()
    expect((await post('tuula', '/api/holds', order(contactId, { reference: undefined }))).status).toBe(400)
    expect((await post('tuula', '/api/holds', order(crypto.randomUUID()))).code).toBe('not-found')
  })
})

describe('what an order keeps', () => {
  test('cannot be deleted by any role, neither the history nor the recordings', async () => {
    const { id, contactId } = await makeRecording()
    await enterOrder(contactId)
    for (const role of [undefined, 'seloste_custodian', 'seloste_desk', 'seloste_capture']) {
      const { pool } = database.as(role)
      for (const statement of [
        `delete from contact where id = '${contactId}'`,
        `delete from segment where contact_id = '${contactId}'`,
        `delete from recording where id = '${id}'`,
        `update recording set state = 'DESTROYING', cause = 'caller' where id = '${id}'`,
        `update recording set state = 'DESTROYED', cause = 'retention', destroyed_at = now() where id = '${id}'`,
        `delete from recording_key where recording_id = '${id}'`,
        `delete from preservation_order where contact_id = '${contactId}'`,
      ]) {
        await pool.query(statement).catch(() => undefined)
      }
    }
    const { rows } = await database.as().pool.query(
      `select r.state, (select count(*)::integer from contact where id = $2) as contacts,
        (select count(*)::integer from segment where contact_id = $2) as segments,
        (select count(*)::integer from recording_key where recording_id = $1) as keys,
        (select count(*)::integer from preservation_order where contact_id = $2) as orders
       from recording r where r.id = $1`,
      [id, contactId],
    )
    expect(rows).toEqual([{ state: 'RESTRICTED', contacts: 1, segments: 1, keys: 1, orders: 1 }])
  })
})
