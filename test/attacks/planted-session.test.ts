// R20: a session that the database's owner inserts for an employed person is reported, even if its use is logged in the
// person's name.
import { afterEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const { check, tamper, matti, colleague } = await makeTestPromises(database)

const plant = (person: { id: string }, from: string) =>
  pool.query(
    `insert into session (token_hash, person_id, created_at, expires_at)
     values ('planted', $1, now() + $2::interval, now() + interval '1 hour')`,
    [person.id, from],
  )

afterEach(async () => {
  await pool.query(`delete from session where token_hash = 'planted'`)
  expect((await check()).broken).toEqual([])
})

test.each([
  ['without a sign-in', colleague, '0'],
  ['beside a genuine session of the person', matti, '0'],
  ['dated to before a genuine session', matti, '-1 minute'],
  ['dated a day back', matti, '-1 day'],
])('reports a session planted %s', async (_, person, from) => {
  await plant(person, from)
  expect((await check()).broken).toMatchObject([
    {
      promise: 'access.personal',
      facts: { strangeSessions: expect.toSatisfy((count: number) => count > 0), example: person.id },
    },
  ])
})

test('an ended session that is put back is found, and so is an open session whose token was replaced', async () => {
  await colleague.signIn()
  const session = `(select id from session where person_id = '${colleague.id}' and ended_at is null order by created_at desc limit 1)`
  const { rows } = await pool.query<{ was: string }>(
    `select to_jsonb(s)::text as was from session s where id = ${session}`,
  )
  const { id, token_hash: token } = JSON.parse(rows[0]!.was) as { id: string; token_hash: string }
  await tamper(`update session set token_hash = 'planted' where id = '${id}'`)
  expect((await check()).broken).toMatchObject([{ promise: 'access.personal', facts: { example: colleague.id } }])
  await tamper(`update session set token_hash = '${token}' where id = '${id}'`)
  expect((await check()).broken).toEqual([])
  await pool.query(
    `insert into audit_entry (person_id, action, object_kind, object_id, result) values ($1, 'session.ended', 'session', $2, 'ok')`,
    [colleague.id, id],
  )
  expect((await check()).broken).toMatchObject([{ promise: 'access.personal', facts: { example: colleague.id } }])
  await tamper(`update session set ended_at = now() where id = '${id}'`)
})

test('accepts several sign-ins of one person, some at the same time', async () => {
  await Promise.all([colleague.signIn(), colleague.signIn()])
  await matti.signIn()
  expect((await check()).broken).toEqual([])
})

test('accepts a session opened in two steps between which the clock was set back', async () => {
  await matti.signIn()
  await tamper(`update session set created_at = created_at + interval '1 minute' where person_id = '${matti.id}'`)
  expect((await check()).broken).toEqual([])
})

test('accepts a session whose log entry names no session, as an earlier version wrote it, for twelve hours', async () => {
  const end = `update session set ended_at = now() where person_id = '${matti.id}'`
  await tamper(end)
  await matti.signIn()
  await tamper(`update audit_entry set object_id = null where person_id = '${matti.id}' and action = 'session.started'`)
  expect((await check()).broken).toEqual([])
  await tamper(
    `update audit_entry set at = at - interval '13 hours' where person_id = '${matti.id}' and action = 'session.started'`,
    `update session set created_at = created_at - interval '13 hours' where person_id = '${matti.id}'`,
  )
  expect((await check()).broken).toMatchObject([{ promise: 'access.personal', facts: { example: matti.id } }])
  await tamper(end)
})

test.each([
  ['ended a day ago', `employed_to = now() - interval '1 day'`],
  ['begins tomorrow', `employed_from = now() + interval '1 day'`],
])('accepts an earlier session when it is entered that the person’s employment %s', async (_, set) => {
  await matti.signIn()
  const { rows } = await pool.query<{ was: string }>('select to_jsonb(p)::text as was from person p where id = $1', [
    matti.id,
  ])
  await tamper(`update person set ${set}, changed_at = now() where id = '${matti.id}'`)
  expect((await check()).broken).toEqual([])
  await tamper(`update person set changed_at = now() - interval '1 hour' where id = '${matti.id}'`)
  expect((await check()).broken).toMatchObject([{ promise: 'access.personal', facts: { example: matti.id } }])
  await tamper(
    `update person p set (employed_from, employed_to, changed_at) =
       (select employed_from, employed_to, changed_at from jsonb_populate_record(p, '${rows[0]!.was}')) where id = '${matti.id}'`,
  )
})
