// R49: the database’s owner reopens a refused request of an authority, so that it keeps a later prohibition waiting.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const { check, tamper, matti, aino, colleague, recordings } = await makeTestPromises(database)
const { id, contactId } = recordings.colleagues
const brokenPromises = async () =>
  (await check()).broken
    .map(({ promise }) => promise)
    .filter((p) => p !== 'disclosures.founded' && p !== 'rights.scope')

test('a request that was refused and is open again keeps no prohibition waiting', async () => {
  const [prohibition, disclosure] = [randomUUID(), randomUUID()]
  await tamper(
    `insert into authority_disclosure (id, number, origin, authority, officer, case_number, aim, received_at, entered_by, outcome, reasons, decided_at, decided_by)
     values ('${disclosure}', 'V-2026-1', 'REQUEST', 'Poliisi', 'x', '1', 'INVESTIGATION', now() - interval '3 days', '${matti.id}', 'REFUSED', 'x', now() - interval '2 days', '${aino.id}')`,
    `insert into authority_item (disclosure_id, item, contact_id, contact_started_at, recording_id, what, added_at, added_by, granted)
     select '${disclosure}', 1, contact_id, contact_started_at, id, 'RECORDING', now() - interval '3 days', '${matti.id}', false from recording where id = '${id}'`,
    `insert into authority_request (recording_id, received_at, closed_at, disclosure_id) values ('${id}', now() - interval '3 days', now() - interval '2 days', '${disclosure}')`,
    `insert into prohibition (id, recording_id, party, channel, entered_by, received_at)
     values ('${prohibition}', '${id}', 'OFFICIAL', 'OWN_CALLS', '${colleague.id}', now() - interval '1 day')`,
  )
  for (const [action, object, person, role, detail, ago] of [
    ['authority.entered', disclosure, matti.id, 'SECURITY', { number: 'V-2026-1', origin: 'REQUEST' }, '3 days'],
    [
      'authority.item-added',
      disclosure,
      matti.id,
      'SECURITY',
      { recording: id, contact: contactId, item: 1 },
      '3 days',
    ],
    ['authority.decided', disclosure, aino.id, 'DECISION_MAKER', { outcome: 'REFUSED', granted: [] }, '2 days'],
    ['recording.forbidden', prohibition, colleague.id, 'OFFICIAL', { recording: id, party: 'OFFICIAL' }, '1 day'],
  ] as const)
    await pool.query(
      `insert into audit_entry (person_id, role, action, result, object_kind, object_id, detail, at) values ($1, $2, $3, 'ok', 'x', $4, $5, now() - $6::interval)`,
      [person, role, action, object, JSON.stringify(detail), ago],
    )
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
  await tamper('update authority_request set closed_at = null')
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
})
