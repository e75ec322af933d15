// R49, R50: an order, an inspection or an authority's request that is missing from the log keeps no prohibition
// waiting.
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { signDetail } from '#safeguards/audit/signed-entries.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const { check, tamper, key, aino, colleague, recordings } = await makeTestPromises(database)
const brokenPromises = async () => (await check()).broken.map(({ promise }) => promise)
const { id: recording, contactId } = recordings.colleagues
const [forbidden, wait, disclosure] = [randomUUID(), randomUUID(), randomUUID()]

const log = (action: string, object: string, detail = {}) =>
  pool.query(
    `insert into audit_entry (action, result, object_kind, object_id, detail) values ($1, 'ok', 'case', $2, $3)`,
    [action, object, JSON.stringify(detail)],
  )

beforeEach(async () => {
  await log('recording.forbidden', forbidden)
  await tamper(
    `insert into prohibition (id, recording_id, party, channel, entered_by, received_at)
     values ('${forbidden}', '${recording}', 'OFFICIAL', 'OWN_CALLS', '${colleague.id}', now() - interval '2 days')`,
  )
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
})

afterEach(async () => {
  await tamper(
    'delete from prohibition where executed_at is null',
    ...['preservation_order', 'inspection_recording', 'inspection'].map((table) => `delete from ${table}`),
    ...['authority_request', 'authority_item', 'authority_disclosure'].map((table) => `delete from ${table}`),
    `delete from audit_entry where object_kind = 'case'`,
  )
  expect(await brokenPromises()).toEqual([])
})

const cases = {
  order: [
    `insert into preservation_order (id, contact_id, contact_started_at, covers, provision, authority, order_reference, reference, from_at, until, entered_by)
     select '${wait}', contact_id, contact_started_at, 'both', 'x', 'x', 'x', 'x', now() - interval '3 days', now() + interval '80 days', '${aino.id}'
     from recording where id = '${recording}'`,
  ],
  inspection: [
    `insert into inspection (id, reference, party, contact_id, contact_started_at, received_at, opened_by)
     select '${wait}', 'P-2026-99', 'CALLER', contact_id, contact_started_at, now() - interval '3 days', '${aino.id}'
     from recording where id = '${recording}'`,
    `insert into inspection_recording values ('${wait}', '${recording}')`,
  ],
  'authority’s request': [
    `insert into authority_disclosure (id, number, origin, authority, officer, case_number, aim, received_at, entered_by)
     values ('${disclosure}', 'V-2026-99', 'REQUEST', 'x', 'x', 'x', 'INVESTIGATION', now() - interval '3 days', '${aino.id}')`,
    `insert into authority_item (disclosure_id, item, contact_id, contact_started_at, recording_id, what, added_by)
     select '${disclosure}', 1, contact_id, contact_started_at, id, 'RECORDING', '${aino.id}' from recording where id = '${recording}'`,
    `insert into authority_request (id, recording_id, received_at, disclosure_id)
     values ('${wait}', '${recording}', now() - interval '3 days', '${disclosure}')`,
  ],
}

test.each([
  ['order', 'hold.entered', wait, {}],
  ['inspection', 'inspection.opened', wait, { recordings: [recording] }],
  ['authority’s request', 'authority.item-added', disclosure, { recording }],
] as const)(
  'a prohibition that waits for an %s missing from the log is overdue',
  async (kind, action, object, detail) => {
    await tamper(...cases[kind])
    expect(await brokenPromises()).toContain('prohibitions.obeyed')
    // With its entry in the log the case keeps the prohibition waiting.
    await log(action, object, detail)
    expect(await brokenPromises()).not.toContain('prohibitions.obeyed')
  },
)

test('an inspection of another recording that is moved to a forbidden one does not keep the prohibition waiting', async () => {
  await tamper(...cases.inspection)
  await log('inspection.opened', wait, { contact: contactId, recordings: [recordings.ainos.id] })
  // The other recording lacks its open inspection.
  expect(await brokenPromises()).toEqual(['recordings.floor', 'prohibitions.obeyed'])
})

test('the inspection that an upgrade opened for a copy requested earlier keeps a prohibition waiting', async () => {
  await tamper(
    ...cases.inspection,
    `update inspection set opened_at = (select applied_at from migration where name like '0214-%')`,
  )
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
  await tamper(`update inspection set kind = 'COPY'`)
  // The log begins after the migration: nothing was upgraded.
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
  await tamper(
    `update migration set applied_at = now() + interval '2 minutes' where name like '0214-%'`,
    `update inspection set opened_at = (select applied_at from migration where name like '0214-%')`,
  )
  expect(await brokenPromises()).toEqual([])
})

test('an order whose transaction was open at the instant of a restored backup keeps a prohibition waiting', async () => {
  await tamper(...cases.order, `update preservation_order set from_at = contact_started_at + interval '1 minute'`)
  const { rows } = await pool.query<{ snapshotAt: string; restoredAt: string }>(
    `select from_at + interval '5 seconds' as "snapshotAt", from_at + interval '1 hour' as "restoredAt" from preservation_order`,
  )
  const [snapshotAt, restoredAt] = [String(rows[0]!.snapshotAt), String(rows[0]!.restoredAt)]
  await pool.query(
    `insert into audit_entry (action, object_kind, result, at, detail) values ('backup.restored', 'case', 'ok', $1, $2)`,
    [restoredAt, JSON.stringify(signDetail(key, 'backup.restored', { backup: 'x', snapshotAt, restoredAt }))],
  )
  // A restore can have replayed an order only if the order is in the ledger.
  expect(await brokenPromises()).toContain('prohibitions.obeyed')
  await pool.query(`select append_to_ledger('hold', $1, 'entered', '{}')`, [wait])
  expect(await brokenPromises()).not.toContain('prohibitions.obeyed')
})
