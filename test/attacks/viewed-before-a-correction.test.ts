// R37, R39: an approved correction makes no earlier view a breach, and excuses no later one.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { rightsOwn } from '#use/evidence/access-promises.ts'
import { rightsScope } from '#use/evidence/rights-scope.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { answer, beginListening } from '../register/open-desk.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, served, ask: send, custodian, people, desk, register } = await openGdprServiceUnit(database)

test('an official’s views before a correction are no breach after it, but later views are', async () => {
  const endedAt = Temporal.Now.instant().subtract({ hours: 48 })
  const times = { startedAt: endedAt.subtract({ minutes: 5 }), answeredAt: endedAt.subtract({ minutes: 4 }), endedAt }
  const call = await makeRecording(times)
  const request = await served({ contacts: [call.contactId] })
  const aino = await desk.signIn(people.aino)
  const listening = await beginListening(aino, call.id)
  expect((await aino.fetch(listening.audio, { headers: { range: 'bytes=0-99' } })).status).toBe(206)
  await answer(aino.fetch(`/api/contacts/${call.contactId}?purpose=QUALITY`))
  const check = async () => {
    const context = { db: custodian, keys: register.keys, afresh: true, now: Temporal.Now.instant() } as never
    const found = [await rightsOwn.check(context, undefined), await rightsScope.check(context, undefined)]
    return found.map((one) => one !== 'not-yet' && one.holds)
  }
  expect(await check()).toEqual([true, true])
  const requested = { segmentId: call.segmentId, officialUserId: people.bertil.userId }
  const { body } = await send('paula', 'POST', `/api/requests/${request.id}/corrections`, requested)
  const decision = `/api/corrections/${body['id'] as string}/decision`
  expect((await send('riitta', 'POST', decision, { outcome: 'APPROVED' })).status).toBe(204)
  expect(await check()).toEqual([true, true])
  await database.as().pool.query(
    `insert into audit_entry (at, person_id, role, action, purpose, result, object_kind, object_id)
     values (clock_timestamp() + interval '1 minute', $1, 'OFFICIAL', 'contact.read', 'DEVELOPMENT', 'ok', 'contact', $2)`,
    [people.aino.id, call.contactId],
  )
  expect(await check()).toEqual([false, false])
})
