// R9, R23, R24, R36: the database's owner exchanges two recordings between their calls, with all columns of the call and of
// the term, or shortens a term by another number or an earlier end of the call.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { sweep } from '#destruction/retention/sweep.ts'
import { countAdmissions } from '#register/history/count-admissions.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import { schemaFolder } from '#platform/database/schema-folder.ts'
import type { RegisterTables } from '#register/tables.ts'
import { recordWholeLog } from '#test/audit/record-whole-log.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'
import { callOfMonthsAgo } from '../register/make-register.ts'

const database = await createTestDatabase<RegisterTables>()
const promises = await makeTestPromises(database)
const { check, tamper, register, decide } = promises
const { pool } = database.as()
const custodian = database.as('seloste_custodian').db
const expunging = makeDestroyer(database, register).expunging
const callColumns =
  'segment_id, contact_id, contact_started_at, number_reached, started_at, ended_at, call_ended_at, min_keep_until, destroy_at, expiry_month, recording_months'

const exchangeStatements = (a: string, b: string) => [
  `create temp table saved on commit drop as select * from recording where id in ('${a}', '${b}')`,
  `update recording set segment_id = gen_random_uuid() where id = '${a}'`,
  ...[
    [b, a],
    [a, b],
  ].map(
    ([x, y]) =>
      `update recording r set (${callColumns}) = (select ${callColumns} from saved where id = '${y}') where id = '${x}'`,
  ),
]

async function brokenPromises() {
  await countAdmissions(custodian)
  await recordWholeLog(custodian, promises.key)
  return (await check()).broken
}

const findingOf = (...ids: string[]) =>
  expect.objectContaining({
    promise: 'history.admitted',
    facts: expect.objectContaining({
      missing: ids.length,
      altered: 0,
      example: expect.toSatisfy((id: string) => ids.includes(id)) as unknown,
    }) as unknown,
  }) as unknown

async function makeIngested(facts: Parameters<typeof register.record>[0]) {
  const recording = await register.record(facts, { months: 6 })
  await ingestRecording(register.ingest, recording.id, Temporal.Now.instant())
  return recording
}

const undoSteps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  if (undoSteps.length === 0) return
  for (const undo of undoSteps.splice(0).reverse()) await undo()
  expect(await brokenPromises()).toEqual([])
})

test('two recordings of one day exchanged between the calls of two officials are found (R36)', async () => {
  const { ainos, colleagues } = promises.recordings
  await tamper(...exchangeStatements(ainos.id, colleagues.id))
  undoSteps.push(() => tamper(...exchangeStatements(ainos.id, colleagues.id)))
  expect(await brokenPromises()).toContainEqual(findingOf(ainos.id, colleagues.id))
})

test('two recordings whose segments were exchanged between their calls are found (R36)', async () => {
  const { ainos, colleagues } = promises.recordings
  const calls = [ainos, colleagues].map(({ contactId }) => `'${contactId}'`)
  const exchange = () =>
    tamper(
      ...['segment', 'recording'].map(
        (table) =>
          `update ${table} x set contact_id = c.id, contact_started_at = c.started_at from contact c
           where x.contact_id in (${calls.join(', ')}) and c.id in (${calls.join(', ')}) and c.id <> x.contact_id`,
      ),
    )
  await exchange()
  undoSteps.push(exchange)
  expect(await brokenPromises()).toContainEqual(
    expect.objectContaining({ promise: 'history.admitted', facts: expect.objectContaining({ missing: 2 }) as unknown }),
  )
})

test('a recording of three months ago exchanged with one of today is found by its start if the count does not contain its call', async () => {
  const { ainos, older } = promises.recordings
  await countAdmissions(custodian)
  await tamper(...exchangeStatements(ainos.id, older.id))
  undoSteps.push(() => tamper(...exchangeStatements(ainos.id, older.id)))
  await tamper(`create table kept as select * from admission_part`, `update admission_part set belongs_to = null`)
  undoSteps.push(() =>
    tamper(`update admission_part p set belongs_to = k.belongs_to from kept k where k.id = p.id`, 'drop table kept'),
  )
  const { rows: held } = await pool.query<{ missing: number }>(
    `select sum(missing)::integer as missing from admissions_held(array(select id from admission_part))`,
  )
  expect(held).toEqual([{ missing: 2 }])
})

test('without a superuser’s rights the owner cannot move a recording to another call', async () => {
  const { ainos, colleagues } = promises.recordings
  await expect(
    pool.query(`update recording set contact_id = (select contact_id from recording where id = $1) where id = $2`, [
      ainos.id,
      colleagues.id,
    ]),
  ).rejects.toThrow('stays with its call')
  await expect(
    pool.query(`update recording set segment_id = gen_random_uuid() where id = $1`, [ainos.id]),
  ).rejects.toThrow('stays with its call')
})

test('a recording with another number than its segment’s is found (R23)', async () => {
  const { id } = promises.recordings.older
  await tamper(`update recording set number_reached = reverse(number_reached) where id = '${id}'`)
  undoSteps.push(() => tamper(`update recording set number_reached = reverse(number_reached) where id = '${id}'`))
  expect(await brokenPromises()).toContainEqual(findingOf(id))
})

test('an upgrade counts the recordings of earlier versions with their calls', async () => {
  const { ainos, colleagues } = promises.recordings
  await countAdmissions(custodian)
  await tamper(`create table kept as select * from admission_part`, `update admission_part set belongs_to = null`)
  undoSteps.push(() =>
    tamper(`update admission_part p set belongs_to = k.belongs_to from kept k where k.id = p.id`, 'drop table kept'),
  )
  const migration = await readFile(join(schemaFolder, 'migrations/0248-recordings-stay-with-their-call.sql'), 'utf8')
  await pool.query(migration.slice(migration.indexOf('insert into')))
  await countAdmissions(custodian)
  await tamper(...exchangeStatements(ainos.id, colleagues.id))
  undoSteps.push(() => tamper(...exchangeStatements(ainos.id, colleagues.id)))
  const { rows } = await pool.query<{ missing: number }>(
    `select sum(missing)::integer as missing from admissions_held(array(select id from admission_part))`,
  )
  expect(rows).toEqual([{ missing: 2 }])
})

test('a young recording exchanged with one past its day, and destroyed in its place, is found (R23, R24)', async () => {
  const due = await makeIngested(decide(true, callOfMonthsAgo(6)))
  const young = await makeIngested(decide(true))
  await countAdmissions(custodian)
  expect((await check()).broken.map(({ promise }) => promise)).toEqual(['recordings.ceiling'])
  await tamper(...exchangeStatements(due.id, young.id))
  await sweep(expunging, Temporal.Now.instant())
  const { rows } = await pool.query('select state from recording where id = any ($1) order by id = $2', [
    [due.id, young.id],
    young.id,
  ])
  expect(rows).toEqual([{ state: 'STORED' }, { state: 'DESTROYED' }])
  expect(await brokenPromises()).toEqual([findingOf(due.id, young.id)])
})

test('a recording that is destroyed early by an earlier end of its call is found (R23)', async () => {
  const { id } = promises.recordings.older
  await tamper(
    `update recording set recording_months = 2, call_ended_at = call_ended_at - interval '5 months', destroy_at = now(),
       min_keep_until = now() where id = '${id}'`,
  )
  await sweep(expunging, Temporal.Now.instant())
  expect(await brokenPromises()).toContainEqual(
    expect.objectContaining({
      promise: 'recordings.floor',
      facts: expect.objectContaining({ early: 1, example: id }) as unknown,
    }),
  )
})
