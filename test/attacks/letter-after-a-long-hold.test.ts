// R50, R45: a requester gets the letter about the recordings they forbade however long an order delays the destruction.
// The requester's data are erased thirty days after the letter.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { destroyBlocked, endExpiredHolds } from '#destruction/destroy-blocked.ts'
import type { RegisterTables } from '#register/tables.ts'
import { eraseEndedRequests } from '#use/requests/erase-requests.ts'
import { makeLettersDue } from '#use/requests/letters/make-letter.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'
import { answer } from '../register/open-desk.ts'
import { servedRequest } from '../requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const { admin, custodian, people, as, makeRecording, versions, expunging } = await openDestructionDesk(database)
const send = async (path: string, json: object) => answer((await as('paula')).fetch(path, { method: 'POST', json }))

test('a prohibition that waited for an order longer than thirty days is reported to the requester when it is carried out', async () => {
  const recording = await makeRecording()
  const contacts = [recording.contactId]
  const request = await servedRequest(admin, { clerkId: people.paula.id, contacts, kinds: ['PROHIBIT'] })
  await sql`
    insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
    select id, started_at, 'both', '8:24', 'Poliisi', 'M-1', 'R-1', now() + interval '80 days', ${people.tuula.id}
    from contact where id = ${recording.contactId}`.execute(admin)
  const prohibition = { party: 'CALLER', channel: 'LETTER', reference: request.number }
  expect((await send(`/api/recordings/${recording.id}/prohibitions`, prohibition)).status).toBe(200)
  const { body } = await send(`/api/requests/${request.id}/letters`, { kind: 'prohibition' })
  expect((await send(`/api/letters/${body['id'] as string}/delivery`, { how: 'POST' })).status).toBe(204)
  expect((await send(`/api/requests/${request.id}/close`, { outcome: 'ANSWERED' })).status).toBe(204)
  await sql`update subject_request set closed_at = closed_at - interval '31 days' where id = ${request.id}`.execute(
    admin,
  )
  expect(await eraseEndedRequests(custodian)).toBe(0)

  await sql`update preservation_order set ended_at = clock_timestamp(), ended_by = ${people.riitta.id}, end_note = 'ohi'`.execute(
    admin,
  )
  await endExpiredHolds(custodian)
  await destroyBlocked(expunging, Temporal.Now.instant())
  await makeLettersDue(custodian, versions.at(Temporal.Now.instant()).description, (error) => {
    throw error
  })
  const { rows } = await sql`
    select kind from letter where request_id = ${request.id} and delivered_at is null and content is not null`.execute(
    admin,
  )
  expect(rows).toEqual([{ kind: 'prohibition' }])
  expect(await eraseEndedRequests(custodian)).toBe(0)
  await sql`update prohibition set executed_at = executed_at - interval '31 days'`.execute(admin)
  expect(await eraseEndedRequests(custodian)).toBe(1)
})
