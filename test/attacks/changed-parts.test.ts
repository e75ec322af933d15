// R9, R36: the database's owner changes the official, unit or number of a segment, so that the rights of somebody else then
// cover it, and they can listen to the recording.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { admit } from '#register/admit.ts'
import { countAdmissions } from '#register/history/count-admissions.ts'
import { schemaFolder } from '#platform/database/schema-folder.ts'
import type { RegisterTables } from '#register/tables.ts'
import { reportAdmissions } from '#register/capture-nodes.ts'
import { recordWholeLog } from '#test/audit/record-whole-log.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { phone } from '../database/people.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const promises = await makeTestPromises(database)
const { check, tamper, decide, aino, colleague, recordings } = promises
const { pool } = database.as()
const capture = database.as('seloste_capture').db
const custodian = database.as('seloste_custodian').db

async function brokenPromises() {
  await countAdmissions(custodian)
  await recordWholeLog(custodian, promises.key)
  return (await check()).broken
}

const changeOf = (segment: string) => [
  expect.objectContaining({
    promise: 'history.admitted',
    facts: expect.objectContaining({ missing: 1, altered: 0, example: segment }) as unknown,
  }) as unknown,
]

const undoSteps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const undo of undoSteps.splice(0).reverse()) await undo()
  expect(await brokenPromises()).toEqual([])
})

const columns = 'number_reached, official_person_id, official_unit_id, official_phone, official_name'

/** Restores a segment's columns after the test. */
async function restoreLater(segment: string): Promise<void> {
  const { rows } = await pool.query<{ row: string }>('select to_jsonb(s)::text as row from segment s where id = $1', [
    segment,
  ])
  const row = rows[0]!.row.replaceAll("'", "''")
  undoSteps.push(() =>
    tamper(
      `update segment set (${columns}) = (select ${columns} from jsonb_populate_record(null::segment, '${row}')) where id = '${segment}'`,
    ),
  )
}

const ainoAnswering = { personId: aino.id, unitId: aino.unitId, name: 'Aino', phone: phone('029 512 1001') }

/** Enters a call without an official and counts it; then capture reports its official. */
async function enterWithLateOfficial() {
  const facts = decide(false)
  await admit(capture, facts)
  await countAdmissions(custodian)
  await admit(capture, { ...facts, official: ainoAnswering })
  return facts.segmentId
}

test.each([
  ['official', `official_person_id = '${colleague.id}', official_name = 'Kaisa'`],
  ['unit', `official_unit_id = gen_random_uuid()`],
  ['telephone', `official_phone = '+358295121999'`],
])('another %s written into a part of a call is found (R36)', async (_, set) => {
  const { segmentId } = recordings.ainos
  await restoreLater(segmentId)
  await tamper(`update segment set ${set} where id = '${segmentId}'`)
  // Another promise breaks too, because of the official's views of the call.
  expect(await brokenPromises()).toContainEqual(changeOf(segmentId)[0])
})

test('another number written into a part of a call and into its recording is found (R36)', async () => {
  const { segmentId, id } = recordings.ainos
  const reverse = (table: string, key: string) =>
    `update ${table} set number_reached = reverse(number_reached) where id = '${key}'`
  const reverseNumbers = () => tamper(reverse('segment', segmentId), reverse('recording', id))
  await reverseNumbers()
  undoSteps.push(reverseNumbers)
  expect(await brokenPromises()).toContainEqual(changeOf(segmentId)[0])
})

test('another unit is found if the owner writes it while the triggers are on (R36)', async () => {
  const { segmentId } = recordings.ainos
  await restoreLater(segmentId)
  await pool.query('update segment set official_unit_id = gen_random_uuid() where id = $1', [segmentId])
  expect(await brokenPromises()).toEqual(changeOf(segmentId))
})

test('an official whom capture reports later is no finding, before and after the change is counted', async () => {
  const facts = decide(false)
  await admit(capture, facts)
  await countAdmissions(custodian)
  await admit(capture, { ...facts, official: ainoAnswering })
  expect((await check()).broken).toEqual([])
  expect(await brokenPromises()).toEqual([])
})

test('a counted change that is undone is found (R36)', async () => {
  const segment = await enterWithLateOfficial()
  expect(await brokenPromises()).toEqual([])
  await restoreLater(segment)
  await tamper(
    `update segment set official_person_id = null, official_unit_id = null, official_phone = null, official_name = null where id = '${segment}'`,
  )
  expect(await brokenPromises()).toEqual(changeOf(segment))
})

test('of two changes in one count the last applies (R36)', async () => {
  const facts = decide(false)
  await admit(capture, facts)
  await admit(capture, { ...facts, official: ainoAnswering })
  await admit(capture, { ...facts, official: { ...ainoAnswering, personId: colleague.id, name: 'Kaisa' } })
  expect(await brokenPromises()).toEqual([])
  await restoreLater(facts.segmentId)
  await tamper(
    `update segment set official_person_id = '${aino.id}', official_name = 'Aino' where id = '${facts.segmentId}'`,
  )
  expect(await brokenPromises()).toEqual(changeOf(facts.segmentId))
})

test('changes that were queued in another order than their hours are counted in the order of the changes', async () => {
  const facts = decide(false)
  await admit(capture, facts)
  await countAdmissions(custodian)
  await admit(capture, { ...facts, official: ainoAnswering })
  await admit(capture, { ...facts, official: { ...ainoAnswering, personId: colleague.id, name: 'Kaisa' } })
  await tamper(
    `update admission_told set at = at - interval '2 hours' where seq = (select max(seq) from admission_told where kind = 'change')`,
  )
  expect(await brokenPromises()).toEqual([])
})

test('a false record of a change, by the owner or by a capture node, excuses nothing (R36)', async () => {
  const segment = await enterWithLateOfficial()
  await countAdmissions(custodian)
  await restoreLater(segment)
  await tamper(`update segment set official_unit_id = gen_random_uuid() where id = '${segment}'`)
  await tamper(
    `insert into segment_change select '${segment}', p.id, n from admission_part p, generate_series(1, cardinality(p.ids)) n on conflict do nothing`,
  )
  undoSteps.push(() =>
    tamper(
      `delete from segment_change c using admission_part p where p.id = c.part_id and p.ids[c.place] <> c.segment_id`,
      `delete from segment_change c using admission_part p where p.id = c.part_id and p.kinds[c.place] <> 'change'`,
    ),
  )
  const at = new Date().toISOString()
  await reportAdmissions(capture, crypto.randomUUID(), [{ at, kind: 'change', id: segment, started_at: at } as never])
  expect(await brokenPromises()).toEqual(changeOf(segment))
})

test('an approved correction is no finding, and its undoing is one (R36)', async () => {
  const { segmentId } = recordings.colleagues
  await restoreLater(segmentId)
  const correction = crypto.randomUUID()
  await tamper(
    `insert into correction (id, request_id, segment_id, contact_id, contact_started_at, was_person_id, was_unit_id, becomes_person_id,
       becomes_unit_id, proposed_by, decided_at, decided_by, outcome)
     select '${correction}', gen_random_uuid(), id, contact_id, contact_started_at, official_person_id, official_unit_id, '${aino.id}',
       '${aino.unitId}', gen_random_uuid(), now(), gen_random_uuid(), 'APPROVED' from segment where id = '${segmentId}'`,
  )
  undoSteps.push(() => tamper(`delete from correction where id = '${correction}'`))
  const before = await pool.query<{ unit: string }>('select official_unit_id as unit from segment where id = $1', [
    segmentId,
  ])
  await pool.query(
    `update segment set official_person_id = $2, official_unit_id = $3, official_name = 'Aino' where id = $1`,
    [segmentId, aino.id, aino.unitId],
  )
  const wrong = (await brokenPromises()).filter(({ promise }) => promise === 'history.admitted')
  expect(wrong).toEqual([])
  await tamper(
    `update segment set official_person_id = '${colleague.id}', official_unit_id = '${before.rows[0]!.unit}', official_name = 'Kaisa' where id = '${segmentId}'`,
  )
  expect(await brokenPromises()).toContainEqual(changeOf(segmentId)[0])
  // Reverted by a correction, so that the change is logged.
  await tamper(
    `update correction set was_person_id = becomes_person_id, becomes_person_id = '${colleague.id}', becomes_unit_id = '${before.rows[0]!.unit}' where id = '${correction}'`,
    `update segment set official_person_id = '${aino.id}', official_unit_id = '${aino.unitId}', official_name = 'Aino' where id = '${segmentId}'`,
  )
  await pool.query(
    `update segment set official_person_id = $2, official_unit_id = $3, official_name = 'Kaisa' where id = $1`,
    [segmentId, colleague.id, before.rows[0]!.unit],
  )
})

test('an upgrade counts the parts of earlier versions with their officials', async () => {
  const { segmentId } = recordings.older
  await countAdmissions(custodian)
  await tamper(`create table kept as select * from admission_part`, `update admission_part set contents = null`)
  undoSteps.push(() =>
    tamper(`update admission_part p set contents = k.contents from kept k where k.id = p.id`, 'drop table kept'),
  )
  const migration = await readFile(join(schemaFolder, 'migrations/0255-parts-stay-with-their-official.sql'), 'utf8')
  await pool.query(migration.slice(migration.indexOf('insert into')))
  await countAdmissions(custodian)
  const missing = () =>
    pool.query(
      `select sum(missing)::integer as missing, max(example::text) as example from admissions_held(array(select id from admission_part))`,
    )
  expect((await missing()).rows).toEqual([{ missing: 0, example: null }])
  await restoreLater(segmentId)
  await tamper(`update segment set official_unit_id = gen_random_uuid() where id = '${segmentId}'`)
  expect((await missing()).rows).toEqual([{ missing: 1, example: segmentId }])
})

test('a count past the history’s term has no digests of officials (R22)', async () => {
  await countAdmissions(custodian)
  await tamper(
    `create table kept as select * from admission_part`,
    `create table kept_changes as select * from segment_change`,
    `create table kept_entries as select * from audit_entry where action = 'admissions.counted'`,
    `update admission_part set hour = hour - interval '15 months' + interval '10 days'`,
    `update audit_entry set at = at - interval '15 months' where action = 'admissions.counted'`,
  )
  undoSteps.push(() =>
    tamper(
      'update admission_part p set contents = k.contents, hour = k.hour from kept k where k.id = p.id',
      'insert into segment_change select * from kept_changes on conflict do nothing',
      'update audit_entry e set at = k.at from kept_entries k where k.seq = e.seq',
      'drop table kept',
      'drop table kept_changes',
      'drop table kept_entries',
    ),
  )
  await pool.query('select end_admission_parts()')
  const { rows } = await pool.query(
    'select (select count(contents)::integer from admission_part) as digests, (select count(*)::integer from segment_change) as changes',
  )
  expect(rows).toEqual([{ digests: 0, changes: 0 }])
})
