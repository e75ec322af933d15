// Sets the clock back, so that an expired session, proof of identity and link would be valid again (R20, R21).
import { randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openDestructionDesk } from '#test/ends/open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const owner = database.as().pool
afterEach(async () => {
  await owner.query('update clock_mark set at = now(), seen = now()')
})

/** Simulates a clock that was an hour ahead until now. */
const setBackAnHour = () =>
  owner.query(`update clock_mark set at = now() + interval '1 hour', seen = now() + interval '1 hour'`)

const listeningStatus = async (recording: string) => {
  const access = { purpose: 'CRIME_OR_MISUSE', reference: 'R-1' }
  return (await ends.post('tuula', `/api/recordings/${recording}/listenings`, access)).status
}

test('a session that expired stays expired, and a new one is valid', async () => {
  const call = await ends.makeRecording()
  expect(await listeningStatus(call.id)).toBe(201)
  await owner.query(
    `update session set expires_at = now() + interval '30 minutes', used_at = now() - interval '30 minutes' where person_id = $1`,
    [ends.people.tuula.id],
  )
  await setBackAnHour()
  expect(await listeningStatus(call.id)).toBe(401)
  const { token } = await ends.people.tuula.signIn()
  const { rows } = await owner.query(
    `select session_holds(s) as holds from session s where token_hash = sha256(convert_to($1, 'UTF8'))`,
    [token],
  )
  expect(rows).toEqual([{ holds: true }])
})

test('a proof that was too old, or is now ahead of the clock, is not recent', async () => {
  const { bertil } = ends.people
  const { token } = await bertil.signIn()
  const isFresh = async (token: string) => {
    const client = await owner.connect()
    try {
      await client.query(`select set_config('seloste.session', $1, false)`, [token])
      return await client.query('select require_fresh()').then(
        () => true,
        () => false,
      )
    } finally {
      client.release(true)
    }
  }
  const setProvedAt = (when: string) =>
    owner.query(
      `update session set proved_at = now() + $2::interval where token_hash = sha256(convert_to($1, 'UTF8'))`,
      [token, when],
    )
  await setProvedAt('0')
  expect(await isFresh(token)).toBe(true)
  await setProvedAt('20 minutes')
  expect(await isFresh(token)).toBe(false)
  await setProvedAt('0')
  await setBackAnHour()
  expect(await isFresh(token)).toBe(false)
  expect(await isFresh((await bertil.signIn()).token)).toBe(true)
})

test('a one-time link that expired stays expired', async () => {
  const token = randomBytes(32).toString('base64url')
  await owner.query(
    `insert into one_time_link (hash, person_id, expires_at) values (sha256(convert_to($1, 'UTF8')), $2, now() + interval '30 minutes')`,
    [token, ends.people.bertil.id],
  )
  const countOpened = async () => (await owner.query('select from view_link($1)', [token])).rowCount
  expect(await countOpened()).toBe(1)
  await setBackAnHour()
  expect(await countOpened()).toBe(0)
})
