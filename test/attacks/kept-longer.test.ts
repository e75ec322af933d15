/**
 * The database's owner cannot keep a call or a recording past its term by changing when the call ended (R22, R24): the
 * counts of admissions in the audit log contain when it began.
 */
import { beforeEach, expect, test } from 'vitest'
import { sweep } from '#destruction/retention/sweep.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const promises = await makeTestPromises(database)
const { expunging } = makeDestroyer(database, promises.register)
const brokenPromises = async () => (await promises.check()).broken.map(({ promise }) => promise)

beforeEach(async () => expect(await brokenPromises()).toEqual([]))

test('reports a call that is kept past its term by an end that is moved ahead, and an end that is later than a call can last', async () => {
  const facts = promises.decide(false)
  await promises.enter(facts)
  const call = `contact where id = '${facts.contactId}'`
  const moveEnd = (kept: string) => [
    `update contact set ended_at = now() + ${kept}, history_ends_at = now() + ${kept} + interval '14 months' where id = '${facts.contactId}'`,
    `update segment set ended_at = now() + ${kept} where contact_id = '${facts.contactId}'`,
  ]
  await promises.tamper(...moveEnd(`interval '20 years'`))
  expect(await brokenPromises()).toContain('history.complete')
  // Simulates that twenty months have passed.
  const aged = `interval '20 months'`
  await promises.tamper(
    `update contact set started_at = started_at - ${aged} where id = '${facts.contactId}'`,
    ...['segment', 'call_identity'].map(
      (table) =>
        `update ${table} set contact_started_at = contact_started_at - ${aged} where contact_id = '${facts.contactId}'`,
    ),
    `update admission_told set started_at = started_at - ${aged} where started_at = '${facts.startedAt.toString()}'`,
  )
  await sweep(expunging, Temporal.Now.instant())
  const { rows } = await pool.query(`select from ${call}`)
  expect(rows).toHaveLength(1)
  const { broken: found } = await promises.check()
  expect(found).toContainEqual(
    expect.objectContaining({
      promise: 'history.term',
      facts: expect.objectContaining({ overdue: 1, example: facts.contactId }) as unknown,
    }),
  )
  await promises.tamper(
    `delete from ${call}`,
    ...['segment', 'call_identity'].map((table) => `delete from ${table} where contact_id = '${facts.contactId}'`),
    `delete from admission_told where started_at = '${facts.startedAt.toString()}'::timestamptz - ${aged}`,
  )
})

test('reports a recording that is kept past six months by instants that are moved ahead', async () => {
  // Of three months ago: six months later it is past its ceiling.
  const { id, contactId } = promises.recordings.older
  const [aged, kept] = [`interval '6 months'`, `interval '20 years'`]
  const shift = (table: string, columns: readonly string[], movedAhead: readonly string[], which: string) =>
    `update ${table} set ${[
      ...columns.map((column) => `${column} = ${column} - ${aged}`),
      ...movedAhead.map((column) => `${column} = ${column} - ${aged} + ${kept}`),
    ].join(', ')} where ${which}`
  await promises.tamper(
    shift('contact', ['started_at'], ['ended_at', 'history_ends_at'], `id = '${contactId}'`),
    shift('segment', ['contact_started_at'], ['answered_at', 'ended_at'], `contact_id = '${contactId}'`),
    shift('call_identity', ['contact_started_at'], [], `contact_id = '${contactId}'`),
    shift(
      'recording',
      ['contact_started_at'],
      ['started_at', 'ended_at', 'call_ended_at', 'min_keep_until', 'destroy_at'],
      `id = '${id}'`,
    ),
  )
  await sweep(expunging, Temporal.Now.instant())
  const { rows } = await pool.query('select state from recording where id = $1', [id])
  expect(rows).toEqual([{ state: 'STORED' }])
  const { broken: found } = await promises.check()
  expect(found).toContainEqual(
    expect.objectContaining({
      promise: 'recordings.ceiling',
      facts: expect.objectContaining({ overdue: 1, example: id }) as unknown,
    }),
  )
})
