// Promise: that somebody forbade the use of a recording, and what keeps it, is for the parties and the clerk (L37, R50). The attack: a
// supervisor reads how the recording ends.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { answer } from '../register/open-desk.ts'
import { openOffices } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, makeInspection, forbidByOfficial, admin, people, post, get, desk } = await openOffices(database)
const sari = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Sari',
  right: {
    role: 'SUPERVISOR',
    purposes: ['DEVELOPMENT'],
    scope: { kind: 'unit', units: [people.aino.unitId], numbers: [] },
  },
})
const enterOrder = (contactId: string) =>
  post('tuula', '/api/holds', {
    ...{ contactId, covers: 'recordings', provision: '806/2011 8:24', authority: 'Poliisi', orderReference: 'R/2' },
    ...{
      until: Temporal.Now.instant()
        .add({ hours: 24 * 30 })
        .toString(),
      reference: 'T-1',
    },
  })

test('a supervisor sees neither a prohibition that an order or a case delays, nor that an order was entered', async () => {
  const browser = await desk.signIn(sari)
  const seen = async (id: string) => (await answer(browser.fetch(`/api/recordings/${id}/destruction`))).body
  const [ordered, waiting] = [await makeRecording(), await makeRecording()]
  await enterOrder(ordered.contactId)
  await makeInspection([waiting])
  for (const { id } of [ordered, waiting]) {
    const before = await seen(id)
    expect(before).toEqual({ state: 'held' })
    await forbidByOfficial(id)
    expect(await seen(id)).toEqual(before)
    expect((await get('aino', `/api/recordings/${id}/destruction?purpose=DEVELOPMENT`)).body).toHaveProperty(
      'certificate',
    )
  }
  await enterOrder(waiting.contactId)
  await admin.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    await sql`update prohibition set received_at = received_at - interval '15 minutes'`.execute(tx)
  })
  expect(await seen(waiting.id)).toEqual({ state: 'held' })
})
