/**
 * A restore does not bring back a credential that was removed from a person (R52), here the identity provider's
 * subject.
 */
import { beforeAll, expect, test } from 'vitest'
import type { SafeguardTables } from '#safeguards/tables.ts'
import { replayLedger } from '#safeguards/ledger/replay-ledger.ts'
import { openTestLedger } from '../audit/open-ledger.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'

const database = await createTestDatabase<SafeguardTables>()
const ledger = await openTestLedger(database)
const { db: admin, pool } = database.as()
const desk = database.as('seloste_desk').db
const person = async (name: string) => (await enterTestPerson(admin, desk, { name })).id
const issuer = 'https://idp.example'
const bind = (subject: string, personId: string, at: string, from = issuer) =>
  pool.query('insert into provider_subject (issuer, subject, person_id, bound_at) values ($1, $2, $3, $4)', [
    ...[from, subject, personId, at],
  ])
const subjects = async () =>
  (await pool.query<{ subject: string }>('select subject from provider_subject order by subject')).rows.map(
    ({ subject }) => subject,
  )
const count = async (table: string) => (await pool.query(`select from ${table}`)).rowCount
const before = '2026-01-01T00:00:00Z'
let people: { aino: string; bertil: string }

/** Replays the ledger of the lost machine on its restored backup. */
async function replayed() {
  await ledger.seal()
  const { entries } = (await ledger.readCopy()).copy
  const none = { has: () => Promise.resolve(false), destroy: () => Promise.reject(new Error('no key is destroyed')) }
  const objects = { delete: () => Promise.resolve(true) }
  return replayLedger({ db: admin, objects, objectsOf: () => [], keys: none }, entries, 0)
}

beforeAll(async () => {
  people = { aino: await person('Aino'), bertil: await person('Bertil') }
  await bind('stranger', people.aino, before)
  await bind('bertil', people.bertil, before)
  await pool.query('select drop_factors($1)', [people.aino])
})

test('the ledger names the person whose subject at the identity provider was removed, and does not contain the subject', async () => {
  const { rows } = await pool.query(
    "select object_id, cause, detail from opened_entry where object_kind = 'credential' and detail ->> 'credential' = 'identity-provider'",
  )
  expect(rows).toEqual([
    { object_id: people.aino, cause: 'removed', detail: { credential: 'identity-provider', person: people.aino } },
  ])
})

test('a subject removed after the backup identifies nobody after its restore, while subjects bound since or of other people stay', async () => {
  await bind('stranger', people.aino, before)
  await bind('since', people.aino, new Date(Date.now() + 60_000).toISOString(), 'https://other.example')
  const counts = [await count('destruction_entry'), await count('account_notice')]
  expect(await replayed()).toMatchObject({ credentials: 1 })
  expect(await subjects()).toEqual(['bertil', 'since'])
  expect([await count('destruction_entry'), await count('account_notice')]).toEqual(counts)
  expect(await replayed()).toMatchObject({ credentials: 0 })
})
