// Rows that the database's owner writes in other people's names are reported by a promise (R22-R24, R36).
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { destroyBlocked, endExpiredHolds } from '#destruction/destroy-blocked.ts'
import { sweep } from '#destruction/retention/sweep.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { db: admin, pool } = database.as()
const custodian = database.as('seloste_custodian').db
const promises = await makeTestPromises(database)
const { expunging } = makeDestroyer(database, promises.register)
const brokenPromises = async () => (await promises.check()).broken.map(({ promise }) => promise)
const stateOf = async (id: string) =>
  (await sql<{ state: string; cause: string }>`select state, cause from recording where id = ${id}`.execute(admin))
    .rows[0]

beforeEach(async () => expect(await brokenPromises()).toEqual([]))

test.each([
  ['given by the installation to the security unit', 'SECURITY', 'CRIME_OR_MISUSE', false, { alone: 1, unlogged: 1 }],
  [
    'given by the installation to an administrator, missing from the log',
    'ADMINISTRATOR',
    null,
    false,
    { alone: 0, unlogged: 1 },
  ],
  [
    'decided in the names of two other people, without entries in the log',
    'SECURITY',
    'CRIME_OR_MISUSE',
    true,
    { alone: 0, unlogged: 1 },
  ],
])('reports a right %s', async (_, role, purpose, byProcedure, facts) => {
  const id = randomUUID()
  await pool.query(
    `insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, valid_to, origin, requested_by, approved_by)
     values ($1, $2, $3, $4, $5, now() - interval '1 minute', now() + interval '300 days', $6, $7, $8)`,
    [
      id,
      promises.aino.id,
      role,
      purpose ? [purpose] : [],
      purpose ? 'all' : 'none',
      ...(byProcedure ? ['procedure', promises.colleague.id, promises.matti.id] : ['installation', null, null]),
    ],
  )
  const { broken } = await promises.check()
  await promises.tamper(`delete from access_right where id = '${id}'`)
  expect(broken).toMatchObject([{ promise: 'rights.granted', facts: { ...facts, example: id } }])
})

test('reports a preservation order that keeps a recording and its call past their term', async () => {
  const { id, contactId } = promises.recordings.older
  await pool.query(
    `insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
     select c.id, c.started_at, 'both', '8:24', 'Poliisi', 'M-1', 'R-1', now() + interval '80 days', $2 from contact c where c.id = $1`,
    [contactId, promises.matti.id],
  )
  await promises.tamper(
    `update recording set destroy_at = now() - interval '3 hours', kept_at = now() - interval '4 hours' where id = '${id}'`,
    `update contact set history_ends_at = now() - interval '3 hours' where id = '${contactId}'`,
  )
  await sweep(expunging, Temporal.Now.instant())
  const found = await brokenPromises()
  // The planted order, unlike an entered one, is missing from the log.
  await pool.query(
    `insert into audit_entry (action, object_kind, object_id, result) select 'hold.entered', 'hold', id, 'ok' from preservation_order`,
  )
  expect(await brokenPromises()).toEqual([])
  expect(await stateOf(id)).not.toMatchObject({ state: 'DESTROYED' })
  expect(found).toEqual(['history.term', 'recordings.ceiling'])
})

test('reports a prohibition that destroys a recording before its minimum retention ends', async () => {
  const { id } = promises.recordings.ainos
  const { rows } = await pool.query<{ id: string }>(
    `insert into prohibition (recording_id, party, channel, entered_by) values ($1, 'CALLER', 'LETTER', $2) returning id`,
    [id, promises.aino.id],
  )
  await endExpiredHolds(custodian)
  await destroyBlocked(expunging, Temporal.Now.instant())
  expect(await stateOf(id)).toMatchObject({ state: 'DESTROYED', cause: 'caller' })
  const { broken } = await promises.check()
  await pool.query(
    `insert into audit_entry (action, object_kind, object_id, result) values ('recording.forbidden', 'prohibition', $1, 'ok')`,
    [rows[0]!.id],
  )
  expect(broken).toMatchObject([{ promise: 'recordings.floor', facts: { early: 1, example: id } }])
})

test('reports instants of a recording that are backdated so that the recording is destroyed before its minimum retention ends', async () => {
  const { id } = promises.recordings.colleagues
  const earlier = ['started_at', 'call_ended_at', 'min_keep_until', 'destroy_at'].map(
    (at) => `${at} = ${at} - interval '7 months'`,
  )
  await promises.tamper(
    `update recording set ${earlier.join(', ')},
       expiry_month = date_trunc('month', (destroy_at - interval '7 months') at time zone 'UTC')::date where id = '${id}'`,
  )
  await sweep(expunging, Temporal.Now.instant())
  expect(await stateOf(id)).toMatchObject({ state: 'DESTROYED', cause: 'retention' })
  expect(await brokenPromises()).toContain('recordings.floor')
})
