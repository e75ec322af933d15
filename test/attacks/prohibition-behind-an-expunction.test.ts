// R49: the database’s owner deletes a waiting prohibition, and plants an expunction that would
// explain why the recording still exists.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { destroyBlocked, endExpiredHolds } from '#destruction/destroy-blocked.ts'
import { finishDestructions } from '#destruction/retention/sweep-recordings.ts'
import { sweep } from '#destruction/retention/sweep.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const custodian = database.as('seloste_custodian').db
const { check, tamper, aino, colleague, recordings, register } = await makeTestPromises(database)
const { expunging } = makeDestroyer(database, register)
const { id } = recordings.colleagues
const brokenPromises = async () => (await check()).broken.map(({ promise }) => promise)
const now = () => Temporal.Now.instant()

test('a deleted pending prohibition is reported, also if an expunction of its recording is planted', async () => {
  const [prohibition, inspection] = [randomUUID(), randomUUID()]
  await tamper(
    `insert into prohibition (id, recording_id, party, channel, entered_by, received_at)
     values ('${prohibition}', '${id}', 'OFFICIAL', 'OWN_CALLS', '${colleague.id}', now() - interval '2 days')`,
    `insert into inspection (id, reference, party, contact_id, contact_started_at, received_at, opened_at, opened_by)
     select '${inspection}', 'P-2026-99', 'CALLER', contact_id, contact_started_at, now() - interval '9 days', now() - interval '9 days', '${aino.id}' from recording where id = '${id}'`,
    `insert into inspection_recording values ('${inspection}', '${id}')`,
    `update recording set state = 'RESTRICTED' where id = '${id}'`,
  )
  for (const [action, object, detail, ago] of [
    ['recording.forbidden', prohibition, { recording: id, party: 'OFFICIAL' }, '2 days'],
    ['inspection.opened', inspection, { recordings: [id], party: 'CALLER' }, '9 days'],
  ] as const)
    await pool.query(
      `insert into audit_entry (action, result, object_kind, object_id, detail, at) values ($1, 'ok', 'x', $2, $3, now() - $4::interval)`,
      [action, object, JSON.stringify(detail), ago],
    )
  expect(await brokenPromises()).toEqual([])
  await tamper(
    `delete from prohibition where id = '${prohibition}'`,
    `update recording set state = 'STORED' where id = '${id}'`,
  )
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
  await tamper(
    `insert into expunction (recording_id, done_by, deadline) values ('${id}', 'sweep', now() + interval '10 years')`,
  )
  await endExpiredHolds(custodian)
  await destroyBlocked(expunging, now())
  await finishDestructions(expunging, now())
  await sweep(expunging, now())
  expect((await pool.query('select state from recording where id = $1', [id])).rows).toEqual([{ state: 'STORED' }])
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
})
