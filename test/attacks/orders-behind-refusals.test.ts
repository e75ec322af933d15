// Promise: whoever may not know of preservation orders does not learn that one keeps a recording past its day (L37). The attacks: as a
// clerk, ask for a copy of it; as the data protection officer, read a disclosure to an authority that has it.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { storeDisclosureRules } from '#use/disclosure/disclosure-rules.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const acts = await openGdprServiceUnit(database)
const { served, makeCopy, custodian, post, get, makeRecordingUntil, setDay, forbidByCaller } = acts
const inDays = (days: number) =>
  Temporal.Now.instant()
    .add({ hours: 24 * days })
    .toString()
type Recording = Awaited<ReturnType<typeof makeRecordingUntil>>

beforeAll(() => storeDisclosureRules(custodian, acts.versions.at(Temporal.Now.instant()).description.disclosure))

async function enterOrder({ contactId }: Recording) {
  const order = { covers: 'both', provision: '806/2011 8:24', authority: 'Poliisi', orderReference: 'R/2' }
  const entered = await post('tuula', '/api/holds', { contactId, ...order, until: inDays(30), reference: 'TURVA-2' })
  expect(entered.status).toBe(201)
}

/** Enters a request of an authority for a recording. Returns the disclosure's id. */
async function disclose({ id, contactId }: Recording): Promise<string> {
  const entered = await post('tuula', '/api/authority-disclosures', {
    ...{ origin: 'REQUEST', authority: 'Poliisi', officer: 'x', caseNumber: '1/R/26', aim: 'INVESTIGATION' },
    receivedAt: inDays(0),
  })
  const disclosure = entered.body['id'] as string
  const item = { contactId, recordingId: id, what: 'BOTH' }
  expect((await post('tuula', `/api/authority-disclosures/${disclosure}/items`, item)).status).toBe(201)
  return disclosure
}

const pass = async ({ id }: Recording) => {
  await setDay(id, Temporal.Now.instant().subtract({ minutes: 1 }))
  await sql`select settle_recording(${id})`.execute(custodian)
}

test('a copy of a recording that an order keeps past its day is refused like one of a destroyed recording', async () => {
  const ask = async (isHeld: boolean) => {
    const recording = await makeRecordingUntil(1)
    const request = await served({ contacts: [recording.contactId] })
    if (isHeld) await enterOrder(recording)
    await pass(recording)
    const { status, code } = await makeCopy(request.id, recording.id)
    return { status, code }
  }
  expect(await ask(true)).toEqual(await ask(false))
})

/** Returns what a person reads of a disclosure's only item. */
async function readItem(name: 'dora' | 'tuula', disclosure: string) {
  const { itemList, lacks, urgentAt } = (await get(name, `/api/authority-disclosures/${disclosure}`)).body
  const [{ state }] = itemList as [{ state: string }]
  return { state, lacks, isUrgent: urgentAt !== undefined }
}

test('the data protection officer reads a disclosure to an authority as if no order kept its recording past its day', async () => {
  const read = async (isHeld: boolean) => {
    const recording = await makeRecordingUntil(1)
    const disclosure = await disclose(recording)
    if (isHeld) await enterOrder(recording)
    await pass(recording)
    return { officer: await readItem('dora', disclosure), security: await readItem('tuula', disclosure) }
  }
  const held = await read(true)
  expect(held.officer).toEqual((await read(false)).officer)
  expect(held.security.state).toBe('restricted')
})

test('the data protection officer reads that a forbidden recording which only an order keeps is destroyed', async () => {
  const recording = await makeRecordingUntil(1)
  await enterOrder(recording)
  expect((await forbidByCaller(recording.id)).status).toBe(200)
  const disclosure = await disclose(recording)
  expect(await readItem('dora', disclosure)).toMatchObject({ state: 'destroyed' })
  expect(await readItem('tuula', disclosure)).toMatchObject({ state: 'restricted' })
})
