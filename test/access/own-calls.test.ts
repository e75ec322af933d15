import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, phone, type TestPerson } from '#test/database/people.ts'
import { makeTestRegister, type RecordedSegment } from '#test/register/make-register.ts'
import { answer, openTestDesk, type Browser } from '#test/register/open-desk.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register)
const admin = database.as().db
const now = () => Temporal.Now.instant()

const official = (name: string, written: string) =>
  enterTestPerson(admin, database.as('seloste_desk').db, {
    name,
    phone: written,
    right: { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: { kind: 'own', units: [], numbers: [] } },
  })
const aino = await official('Aino Virtanen', '029 512 1001')
const bertil = await official('Bertil Lindqvist', '029 512 1002')
const sari = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Sari Niemi',
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})

let ainos: RecordedSegment
beforeAll(async () => {
  ainos = await register.record({ official: answering(aino, 'Aino Virtanen', '029 512 1001') })
  await ingestRecording(register.ingest, ainos.id, now())
})

function answering({ id, unitId }: TestPerson, name: string, written: string) {
  return { personId: id, unitId, name, phone: phone(written) }
}

async function search(browser: Browser, query = '') {
  const { status, body } = await answer(browser.fetch(`/api/contacts?purpose=DEVELOPMENT${query}`))
  expect(status).toBe(200)
  const items = body['items'] as { id: string; segments: { official: { name: string; phone: string } }[] }[]
  return { ids: items.map(({ id }) => id), total: body['approximateTotal'], items }
}

/** Expects that an official who did not answer the call learns nothing about it, in any way. */
async function expectHidden(browser: Browser) {
  for (const query of [
    '',
    '&caller=040%20123%204567',
    '&official=Virtanen',
    '&official=029%20512%201001',
    '&recorded=true',
  ]) {
    const found = await search(browser, query)
    expect(found.ids).not.toContain(ainos.contactId)
    expect(found.total).toBe(found.ids.length)
  }
  const purpose = { purpose: 'DEVELOPMENT' }
  const requests = [
    browser.fetch(`/api/contacts/${ainos.contactId}?purpose=DEVELOPMENT`),
    browser.fetch(`/api/contacts/${ainos.contactId}/caller`, { json: purpose }),
    browser.fetch(`/api/recordings/${ainos.id}/listenings`, { json: purpose }),
  ]
  for (const request of requests) expect(await answer(request)).toMatchObject({ status: 404, code: 'not-found' })
}

describe('own calls', () => {
  test('are found by their official in every kind of search, and by nobody else', async () => {
    const ainosBrowser = await desk.signIn(aino)
    for (const query of [
      '',
      '&caller=040%20123%204567',
      '&official=Virtanen',
      '&recorded=available',
      `&from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z`,
    ]) {
      expect(await search(ainosBrowser, query)).toMatchObject({ ids: [ainos.contactId], total: 1 })
    }
    await expectHidden(await desk.signIn(bertil))
  })

  test('stay visible to their official after a changed number and name (AC23), and are hidden from the number’s new holder', async () => {
    const day = now().subtract({ hours: 1 })
    const pool = database.as().pool
    await pool.query('update person_phone set valid_to = $2 where person_id = $1', [aino.id, day])
    await pool.query('insert into person_phone values ($1, $2, $3)', [aino.id, phone('029 512 1999'), day])
    await pool.query('update person_phone set valid_to = $2 where person_id = $1', [bertil.id, day])
    await pool.query('insert into person_phone values ($1, $2, $3)', [bertil.id, phone('029 512 1001'), day])
    await pool.query('update person_name set valid_to = $2 where person_id = $1', [aino.id, day])
    await pool.query('insert into person_name (person_id, name, valid_from) values ($1, $2, $3)', [
      aino.id,
      'Aino Laakso',
      day,
    ])
    const found = await search(await desk.signIn(aino))
    expect(found.ids).toEqual([ainos.contactId])
    expect(found.items[0]?.segments[0]?.official).toMatchObject({ name: 'Aino Virtanen', phone: '+358295121001' })
    await expectHidden(await desk.signIn(bertil))
  })

  test('of a person who left are visible to the supervisor of the call’s unit, and to no session of the person', async () => {
    const ainosBrowser = await desk.signIn(aino)
    await database.as().pool.query('update person set employed_to = now() where id = $1', [aino.id])
    expect(await answer(ainosBrowser.fetch('/api/contacts?purpose=DEVELOPMENT'))).toMatchObject({ status: 401 })
    await expect(desk.signIn(aino)).rejects.toThrow('401')
    expect((await search(await desk.signIn(sari))).ids).toContain(ainos.contactId)
  })
})
