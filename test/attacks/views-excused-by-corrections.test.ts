// R37, R39: corrections written by the database's owner excuse no view; a view is judged by the call's official at that
// time.
import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { signDetail } from '#safeguards/audit/signed-entries.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const { check, tamper, key, aino, colleague, matti, recordings } = await makeTestPromises(database)
const { segmentId, contactId } = recordings.older
const brokenPromises = async () => (await check()).broken.map(({ promise }) => promise).sort()

afterEach(async () => {
  await tamper(
    'delete from correction',
    `update segment set official_person_id = '${aino.id}' where id = '${segmentId}'`,
    `delete from audit_entry where object_kind = 'correction' or purpose = 'QUALITY'`,
  )
  expect(await brokenPromises()).toEqual([])
})

const plantView = (by: { id: string }) =>
  pool.query(
    `insert into audit_entry (action, result, person_id, role, purpose, object_kind, object_id, at)
     values ('contact.read', 'ok', $1, 'OFFICIAL', 'QUALITY', 'contact', $2, now() - interval '1 hour')`,
    [by.id, contactId],
  )

async function correct(was: { id: string }, becomes: { id: string }, minutesAgo: number, logged = false) {
  const id = randomUUID()
  await tamper(
    `insert into correction (id, request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id,
       becomes_unit_id, proposed_by, decided_at, decided_by, outcome)
     select '${id}', gen_random_uuid(), id, contact_id, contact_started_at, '${was.id}', official_unit_id, '${becomes.id}', official_unit_id,
       '${was.id}', now() - interval '${minutesAgo} minutes', '${matti.id}', 'APPROVED' from segment where id = '${segmentId}'`,
    `update segment set official_person_id = '${becomes.id}' where id = '${segmentId}'`,
  )
  if (!logged) return id
  await pool.query(
    `insert into audit_entry (action, result, object_kind, object_id, detail)
     values ('correction.decided', 'ok', 'correction', $1, jsonb_build_object('outcome', 'APPROVED', 'was', $2::text))`,
    [id, was.id],
  )
  return id
}

test('a view of another’s call is reported, also if a correction later assigns the call to the viewer', async () => {
  await plantView(colleague)
  await correct(aino, colleague, 1, true)
  expect(await brokenPromises()).toEqual(['rights.own', 'rights.scope'])
})

test('a view from before a correction and its reversal is reported', async () => {
  await plantView(colleague)
  await correct(aino, colleague, 10, true)
  await correct(colleague, aino, 5, true)
  expect(await brokenPromises()).toEqual(['rights.own', 'rights.scope'])
})

test('a correction missing from the log excuses no view', async () => {
  await plantView(colleague)
  await correct(colleague, aino, 1)
  expect(await brokenPromises()).toEqual(['rights.own', 'rights.scope'])
})

test('a view by the call’s official at that time is excused, also by a correction that a restore replayed', async () => {
  await plantView(aino)
  await correct(aino, colleague, 10, true)
  await correct(colleague, aino, 5, true)
  await correct(aino, colleague, 1)
  expect(await brokenPromises()).toEqual([])
  await tamper('delete from correction')
  const id = await correct(aino, colleague, 10)
  const ago = (minutes: number) => Temporal.Now.instant().subtract({ minutes }).toString()
  const restored = { backup: 'x', snapshotAt: ago(60), restoredAt: ago(0) }
  const write = (detail: object) =>
    pool.query(
      `insert into audit_entry (action, result, object_kind, detail) values ('backup.restored', 'ok', 'correction', $1)`,
      [JSON.stringify(detail)],
    )
  // Only a signed log entry about a correction that is also in the ledger excuses the view.
  await pool.query(`select append_to_ledger('correction', $1, 'decided', '{}')`, [id])
  await write(restored)
  expect(await brokenPromises()).toContain('rights.own')
  await write(signDetail(key, 'backup.restored', restored))
  expect(await brokenPromises()).toEqual([])
  await tamper('delete from ledger_content')
  expect(await brokenPromises()).toContain('rights.own')
})
