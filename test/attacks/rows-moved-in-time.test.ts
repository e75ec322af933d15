// R49, R36: the owner of the database moves a prohibition, an expired session or a planted inspection in time.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { check, tamper, recordings, aino } = await makeTestPromises(database)
const { pool } = database.as()
const { id } = recordings.colleagues
const brokenPromises = async () => (await check()).broken.map(({ promise }) => promise)

async function log(action: string, object: string, detail: object, ago: string): Promise<void> {
  await pool.query(
    `insert into audit_entry (action, result, object_kind, object_id, detail, at) values ($1, 'ok', 'planted', $2, $3, now() - $4::interval)`,
    [action, object, JSON.stringify(detail), ago],
  )
}

test('an expired session that is put back is reported', async () => {
  const session = randomUUID()
  await tamper(
    `insert into session (id, token_hash, person_id, created_at, expires_at) values ('${session}', sha256('expired'), '${aino.id}', now() - interval '40 days', now() - interval '39 days')`,
  )
  await pool.query(
    `insert into audit_entry (person_id, action, result, object_kind, object_id, detail, at)
     values ($1, 'session.started', 'ok', 'session', $2, jsonb_build_object('token', session_fingerprint(sha256('expired'))), now() - interval '40 days')`,
    [aino.id, session],
  )
  expect(await brokenPromises()).toEqual([])
  for (const created of ['', `created_at = now() - interval '1 minute', `]) {
    await tamper(`update session set ${created}expires_at = now() + interval '1 hour' where id = '${session}'`)
    expect(await brokenPromises()).toEqual(['access.personal'])
  }
  await tamper(`delete from session where id = '${session}'`)
})

test('a prohibition whose time was changed is reported, and an inspection dated at a migration does not postpone it', async () => {
  const prohibition = randomUUID()
  const setReceivedAt = (instant: string) =>
    tamper(`update prohibition set received_at = ${instant} where id = '${prohibition}'`)
  await tamper(
    `insert into prohibition (id, recording_id, party, channel, entered_by, received_at)
     values ('${prohibition}', '${id}', 'CALLER', 'LETTER', '${aino.id}', now() - interval '2 hours')`,
  )
  await log('recording.forbidden', prohibition, { recording: id, party: 'CALLER' }, '2 hours')
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
  await setReceivedAt(`now() + interval '5 months'`)
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
  await setReceivedAt(`now() - interval '2 hours'`)

  const planted = randomUUID()
  await tamper(
    `insert into inspection (id, kind, reference, party, contact_id, contact_started_at, received_at, opened_at, opened_by)
     select '${planted}', 'COPY', 'P-1', 'OFFICIAL', contact_id, contact_started_at, now() - interval '1 day',
       (select applied_at from migration where name like '0214-%'), '${aino.id}' from recording where id = '${id}'`,
    `insert into inspection_recording values ('${planted}', '${id}')`,
  )
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])

  // The same inspection, opened an hour after the prohibition and logged.
  await tamper(
    `update inspection set kind = 'LISTEN', received_at = now() - interval '1 hour', opened_at = now() - interval '1 hour'`,
  )
  await log('inspection.opened', planted, { recordings: [id] }, '1 hour')
  await setReceivedAt(`now() - interval '30 minutes'`)
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
  await setReceivedAt(`(select received_at from inspection)`)
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
  await setReceivedAt(`now() - interval '2 hours'`)
  // The log has the inspection before the prohibition (the clock was set back between them): the prohibition may wait.
  await tamper(`delete from audit_entry where object_id = '${prohibition}'`)
  await log('recording.forbidden', prohibition, { recording: id, party: 'CALLER' }, '2 hours')
  await setReceivedAt(`(select received_at from inspection)`)
  expect((await check()).broken.filter(({ promise }) => promise !== 'log.whole')).toEqual([])
})
