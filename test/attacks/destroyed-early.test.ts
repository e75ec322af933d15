// R23: a recording that the database's owner destroyed before its minimum or its term, with whatever cause, is
// reported.
import { afterEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { check, tamper, destroyed } = await makeTestPromises(database)
const { id } = destroyed.byTerm
const columns = 'cause, destroyed_at, destroy_at, recording_months, kept_at'
const { rows } = await database
  .as()
  .pool.query<{ row: string }>('select to_jsonb(r)::text as row from recording r where id = $1', [id])

afterEach(async () => {
  await tamper(
    `update recording r set (${columns}) = (select ${columns} from jsonb_populate_record(r, '${rows[0]!.row}')) where id = '${id}'`,
  )
  expect((await check()).broken).toEqual([])
})

const atMinimum = `destroy_at = min_keep_until, destroyed_at = min_keep_until + interval '1 hour'`

test.each([
  ['before its minimum, after an order', `cause = 'hold-end', destroyed_at = min_keep_until - interval '40 days'`],
  ['before its minimum, by trimming', `cause = 'trimming', destroyed_at = min_keep_until - interval '40 days'`],
  [
    'by trimming, as if never ingested',
    `cause = 'trimming', destroyed_at = min_keep_until - interval '1 day', kept_at = null`,
  ],
  ['at its minimum, with a moved day of destruction', atMinimum],
  ['at its minimum, with a term that no rule has', `${atMinimum}, recording_months = 2`, ['recording.as-drawn']],
])('reports a recording that was destroyed %s', async (_, set, others: string[] = []) => {
  await tamper(`update recording set ${set} where id = '${id}'`)
  const { broken } = await check()
  expect(broken.find(({ promise }) => promise === 'recordings.floor')?.facts).toMatchObject({ early: 1, example: id })
  expect(broken.map(({ promise }) => promise).sort()).toEqual([...others, 'recordings.floor'])
})
