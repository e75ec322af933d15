// R20: the database's owner reopens a session begun today that expired unused, or that ended with all of its person's sessions.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { endExpiredSessions } from '#safeguards/sign-in/accounts.ts'
import { endOwnSessions } from '#safeguards/sign-in/own-account.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const desk = database.as('seloste_desk')
const custodian = database.as('seloste_custodian').db
const { check, tamper, colleague, matti } = await makeTestPromises(database)
const now = () => Temporal.Now.instant()

const latest = async (person: { id: string }) => {
  const { rows } = await pool.query<{ id: string }>(
    `select id from session where person_id = $1 and ended_at is null order by created_at desc limit 1`,
    [person.id],
  )
  return rows[0]!.id
}

async function viewerOf(token: string): Promise<string | null> {
  const client = await desk.pool.connect()
  try {
    await client.query('begin')
    await client.query(`select set_config('seloste.session', $1, true)`, [token])
    return (await client.query<{ viewer: string | null }>('select viewer()')).rows[0]!.viewer
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const endsOf = async (id: string) =>
  (
    await pool.query(
      `select person_id, detail - 'person' as detail from audit_entry where object_id = $1 and action = 'session.ended'`,
      [id],
    )
  ).rows

/** Opens an ended session again, as the owner: its token is valid again, and the promise is broken until it has ended. */
async function expectReopeningFound(id: string, token: string, person: { id: string }): Promise<void> {
  expect(await viewerOf(token)).toBeNull()
  expect((await check()).broken).toEqual([])
  await tamper(
    `update session set ended_at = null, expires_at = now() + interval '50 minutes', ends_by = now() + interval '50 minutes'
     where id = '${id}'`,
  )
  expect(await viewerOf(token)).toBe(person.id)
  expect((await check()).broken).toMatchObject([
    { promise: 'access.personal', facts: { strangeSessions: 1, example: person.id } },
  ])
  await tamper(`update session set ended_at = now() where id = '${id}'`)
}

test('a session that expired unused hours ago and is open again is found', async () => {
  const { token } = await colleague.signIn()
  const id = await latest(colleague)
  await tamper(
    `update session set created_at = created_at - interval '6 hours', expires_at = now() - interval '4 hours' where id = '${id}'`,
    `update audit_entry set at = at - interval '6 hours' where object_id = '${id}'`,
  )
  await endExpiredSessions(custodian)
  expect(await endExpiredSessions(custodian)).toBe(0)
  expect(await endsOf(id)).toEqual([{ person_id: null, detail: { cause: 'expired' } }])
  await expectReopeningFound(id, token, colleague)
})

test('a session that ended with its person’s others and is open again is found', async () => {
  const { token } = await matti.signIn()
  const id = await latest(matti)
  await pool.query('select end_sessions_of($1)', [matti.id])
  expect(await endsOf(id)).toEqual([{ person_id: null, detail: {} }])
  await expectReopeningFound(id, token, matti)
})

test('a session that was ended from another session, or with all of its person’s, and is open again is found', async () => {
  const [one, other] = [await matti.signIn(), await matti.signIn()]
  const own = await latest(matti)
  const { rows } = await pool.query<{ id: string }>(
    `select id from session where person_id = $1 and ended_at is null and id <> $2`,
    [matti.id, own],
  )
  const ended = await endOwnSessions(desk.db, other, 'this', now())
  expect(ended).toBe(rows.length)
  expect(await endsOf(rows[0]!.id)).toEqual([{ person_id: matti.id, detail: {} }])
  await expectReopeningFound(rows[0]!.id, one.token, matti)
  expect(await endOwnSessions(desk.db, other, 'none', now())).toBe(1)
  await expectReopeningFound(own, other.token, matti)
})
