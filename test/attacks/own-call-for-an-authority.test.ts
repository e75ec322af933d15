// Promise: nobody alone delays the destruction of a recording of a call that they answered (R49, R50). The attack: an official of the
// security unit adds their own call to a disclosure for an authority, for which a prohibition waits.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { storeDisclosureRules } from '#use/disclosure/disclosure-rules.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openOffices } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = await openOffices(database)
const { makeRecording, forbidByCaller, admin, people, stateOf, post } = desk
const { aino, tuula } = people

beforeAll(async () => {
  const { description } = desk.versions.at(Temporal.Now.instant())
  await storeDisclosureRules(desk.custodian, description.disclosure)
  await sql`
    insert into access_right (id, person_id, role, duty, purposes, scope_kind, scope_units, scope_numbers, valid_from,
      valid_to, requested_by, approved_by, origin, request_id)
    select gen_random_uuid(), ${aino.id}::uuid, role, duty, purposes, scope_kind, scope_units, scope_numbers, valid_from,
      valid_to, requested_by, approved_by, origin, null
    from access_right where person_id = ${tuula.id}::uuid`.execute(admin)
})

test('an official of the security unit adds no call that they answered to a disclosure, and its caller’s prohibition is executed', async () => {
  const recording = await makeRecording()
  const entered = await post('aino', '/api/authority-disclosures', {
    ...{ origin: 'OWN_INITIATIVE', authority: 'Poliisi', officer: 'x', caseNumber: '1/R/26', aim: 'INVESTIGATION' },
    receivedAt: Temporal.Now.instant()
      .subtract({ hours: 24 * 100 })
      .toString(),
  })
  const added = await post('aino', `/api/authority-disclosures/${String(entered.body['id'])}/items`, {
    ...{ contactId: recording.contactId, recordingId: recording.id, what: 'BOTH' },
  })
  expect(added).toMatchObject({ status: 403, code: 'authority.own' })
  await forbidByCaller(recording.id)
  expect((await stateOf(recording.id)).state).toBe('DESTROYING')
})
