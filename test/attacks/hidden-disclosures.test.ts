/**
 * The database's owner cannot hide which copies an institute has (R30, R32): the audit log contains their release and
 * confirmation.
 */
import { sql } from 'kysely'
import { afterEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { disclosuresRecalled, disclosuresReturned } from '#use/evidence/disclosure-promises.ts'
import type { CheckContext } from '#use/evidence/promise.ts'
import { makeLogKey } from '#safeguards/audit/log-key.ts'
import { signDetail } from '#safeguards/audit/signed-entries.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openResearch } from '../disclosure/open-research.ts'

const database = await createTestDatabase<RegisterTables>()
const { admin, custodian, ends, send, act, day, releasedDisclosure, confirm, read, makeOverdue } =
  await openResearch(database)
const context = { db: custodian, keys: ends.expunging.keys } as unknown as CheckContext
const check = () => disclosuresReturned.check(context, undefined)
const checkRecalls = () => disclosuresRecalled.check(context, undefined)

const undoSteps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const undo of undoSteps.splice(0).reverse()) await undo()
  expect(await check()).toMatchObject({ holds: true })
})

/** Runs statements as the owner, with triggers and references switched off. */
const owner = (...statements: string[]) =>
  admin.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    for (const statement of statements) await sql.raw(statement).execute(tx)
  })
/** Deletes rows; they are restored after the test. */
async function hide(table: string, location: string): Promise<void> {
  const { rows } = await sql<{ row: string }>`
    select to_jsonb(t)::text as row from ${sql.table(table)} t where ${sql.raw(location)}`.execute(admin)
  expect(rows).not.toEqual([])
  await owner(`delete from ${table} where ${location}`)
  undoSteps.push(() =>
    owner(
      ...rows.map(
        ({ row }) =>
          `insert into ${table} select (jsonb_populate_record(null::${table}, '${row.replaceAll("'", "''")}')).*`,
      ),
    ),
  )
}

/** Changes entries of the log, as if time had passed or an earlier version had written them. */
const relog = (id: string, action: string, change: string) =>
  owner(`update audit_entry set detail = ${change} where object_id = '${id}' and action = '${action}'`)
const dueOn = (days: number) => `jsonb_set(detail, '{dueOn}', '"${day(days)}"')`

/** Releases a disclosure of three copies and confirms one; it is not due yet. */
async function releaseThree() {
  const { id } = await releasedDisclosure({ items: 3 })
  expect((await confirm(id, 1)).status).toBe(204)
  expect(await check()).toMatchObject({ holds: true })
  return { id, number: (await read(id)).number }
}

test('a disclosure whose row is deleted is reported with the number of its copies, overdue or not', async () => {
  const { id } = await releaseThree()
  await makeOverdue(id)
  undoSteps.push(() => makeOverdue(id, -30))
  await hide('research_disclosure', `id = '${id}'`)
  expect(await check()).toMatchObject({ holds: false, facts: { missing: 3, example: id } })
})

test('copies whose rows are deleted are reported missing, with or without the disclosure’s row', async () => {
  const { id, number } = await releaseThree()
  await hide('disclosed_copy', `disclosure = '${number}' and item > 1`)
  expect(await check()).toMatchObject({ holds: false, facts: { missing: 2, example: id } })
  await hide('research_disclosure', `id = '${id}'`)
  await hide('disclosed_copy', `disclosure = '${number}'`)
  expect(await check()).toMatchObject({ holds: false, facts: { missing: 3, example: id } })
})

test('a confirmation dated into a time lost by a restore, before the copy was released, does not count', async () => {
  const key = await makeLogKey(ends.expunging.keys, 'test')
  const ago = (hours: number) => Temporal.Now.instant().subtract({ hours }).toString()
  const [snapshotAt, restoredAt] = [ago(9600), ago(9599)]
  await sql`insert into audit_entry (action, object_kind, result, at, detail) values ('backup.restored', 'backup', 'ok', ${restoredAt}::timestamptz,
    ${JSON.stringify(signDetail(key, 'backup.restored', { backup: 'x', snapshotAt, restoredAt }))}::jsonb)`.execute(
    admin,
  )
  const { id, number } = await releaseThree()
  await makeOverdue(id)
  undoSteps.push(() => makeOverdue(id, -30))
  expect(await check()).toMatchObject({ holds: false, facts: { overdue: 2 } })
  const { rows } = await sql<{ row: string }>`
    select to_jsonb(c)::text as row from disclosed_copy c where disclosure = ${number} and item > 1`.execute(admin)
  await owner(
    `update disclosed_copy set state = 'CONFIRMED', outcome = 'destroyed', confirmed_at = '${snapshotAt}'::timestamptz + interval '30 minutes',
      recording_id = null, tie_salt = null where disclosure = '${number}' and item > 1`,
  )
  undoSteps.push(() =>
    owner(
      `delete from disclosed_copy where disclosure = '${number}' and item > 1`,
      ...rows.map(
        ({ row }) =>
          `insert into disclosed_copy select (jsonb_populate_record(null::disclosed_copy, '${row.replaceAll("'", "''")}')).*`,
      ),
    ),
  )
  expect(await check()).toMatchObject({ holds: false, facts: { overdue: 0, unlogged: 2 } })
})

test('a confirmation that is missing from the log does not count', async () => {
  const { number } = await releaseThree()
  const copy = `disclosed_copy where disclosure = '${number}' and item = 2`
  const { rows } = await sql<{ recording_id: string; tie: string }>`
    select recording_id, tie_salt::text as tie from ${sql.raw(copy)}`.execute(admin)
  const ofCopy = `where disclosure = '${number}' and item = 2`
  const untie = `update research_item set recording_id = null, contact_id = null where item = 2 and disclosure_id = (
    select id from research_disclosure where number = '${number}')`
  const { rows: items } = await sql<{ contact_id: string }>`
    select contact_id from research_item where recording_id = ${rows[0]!.recording_id}`.execute(admin)
  await owner(
    untie,
    `update disclosed_copy set state = 'CONFIRMED', recording_id = null, tie_salt = null, confirmed_at = now(), outcome = 'destroyed' ${ofCopy}`,
  )
  undoSteps.push(() =>
    owner(
      `update disclosed_copy set state = 'RELEASED', recording_id = '${rows[0]!.recording_id}', tie_salt = '${rows[0]!.tie}',
        confirmed_at = null, outcome = null ${ofCopy}`,
      untie
        .replace('recording_id = null', `recording_id = '${rows[0]!.recording_id}'`)
        .replace('contact_id = null', `contact_id = '${items[0]!.contact_id}'`),
    ),
  )
  expect(await check()).toMatchObject({ holds: false, facts: { missing: 0, unlogged: 1, example: `${number}/2` } })
})

test('a due day that is moved ahead in the database, once the copies are due, is reported as overdue', async () => {
  const { id } = await releaseThree()
  await makeOverdue(id)
  await relog(id, 'research.decided', dueOn(-1))
  undoSteps.push(() => makeOverdue(id, -30))
  undoSteps.push(() => relog(id, 'research.decided', dueOn(30)))
  await makeOverdue(id, -3650)
  expect(await check()).toMatchObject({ holds: false, facts: { overdue: 2 } })
  // An earlier version logged no day: nothing is known of it.
  await relog(id, 'research.decided', `detail - 'dueOn'`)
  expect(await check()).toMatchObject({ holds: true })
  await relog(id, 'research.decided', `detail || '{"dueOn": "${day(-1)}"}'`)
})

test('a later due day that was granted counts, and so does a logged end of the study that the owner removes from the database', async () => {
  const { id } = await releaseThree()
  const { body } = await act('eero', 'POST', id, '/extensions', { dueOn: day(60), reasons: 'Viivästys.' })
  await relog(id, 'research.decided', dueOn(-1))
  undoSteps.push(() => relog(id, 'research.decided', dueOn(30)))
  expect(await check()).toMatchObject({ holds: false, facts: { overdue: 2 } })
  const granted = await send('riitta', 'POST', `/api/research-extensions/${String(body['id'])}/decision`, {
    outcome: 'GRANTED',
  })
  expect(granted).toMatchObject({ status: 204 })
  expect(await check()).toMatchObject({ holds: true })
  expect((await act('eero', 'POST', id, '/study-end', { endedOn: day(0) })).status).toBe(204)
  expect(await check()).toMatchObject({ holds: true })
  await relog(id, 'research.study-ended', `jsonb_set(detail, '{endedOn}', '"${day(-30)}"')`)
  undoSteps.push(() => relog(id, 'research.study-ended', `jsonb_set(detail, '{endedOn}', '"${day(0)}"')`))
  await owner(
    `update research_disclosure set study_ended_on = null, study_ended_at = null, study_ended_by = null where id = '${id}'`,
  )
  expect(await check()).toMatchObject({ holds: false, facts: { overdue: 2 } })
})

test('a recall whose day is moved ahead in the database, that is withdrawn there, or whose row is deleted is reported', async () => {
  const { id, recordings } = await releasedDisclosure({ items: 2 })
  const { number } = await read(id)
  await ends.forbidByCaller(recordings[0]!)
  expect(await checkRecalls()).toMatchObject({ holds: true })
  const ofCopy = `disclosure = '${number}' and item = 1`
  const { rows } = await sql<{ id: string; recalled: string; due: string }>`
    select id::text, recalled_at::text as recalled, due_at::text as due from disclosed_copy where ${sql.raw(ofCopy)}`.execute(
    admin,
  )
  const copy = rows[0]!
  await relog(copy.id, 'copy.recalled', `jsonb_set(detail, '{dueAt}', to_jsonb(now() - interval '5 days'))`)
  undoSteps.push(() =>
    relog(copy.id, 'copy.recalled', `jsonb_set(detail, '{dueAt}', to_jsonb('${copy.due}'::timestamptz))`),
  )
  await owner(`update disclosed_copy set due_at = now() + interval '9 years' where ${ofCopy}`)
  expect(await checkRecalls()).toMatchObject({ holds: false, facts: { overdue: 1, example: `${number}/1` } })
  await owner(`update disclosed_copy set state = 'RELEASED', recalled_at = null, due_at = null where ${ofCopy}`)
  undoSteps.push(() =>
    owner(
      `update disclosed_copy set state = 'RECALLED', recalled_at = '${copy.recalled}', due_at = '${copy.due}' where ${ofCopy}`,
    ),
  )
  await owner(`delete from prohibition where recording_id = '${recordings[0]!}'`)
  expect(await checkRecalls()).toMatchObject({ holds: false, facts: { notRecalled: 1, example: `${number}/1` } })
  await hide('disclosed_copy', ofCopy)
  expect(await checkRecalls()).toMatchObject({ holds: false, facts: { notRecalled: 1, example: copy.id } })
})

test.for([
  ['untied from its recording', 'recording_id = null'],
  ['tied to another recording', 'recording_id = gen_random_uuid()'],
  ['tied by another salt', 'tie_salt = sha256(tie_salt)'],
])('a released copy that is %s is reported: no prohibition would recall it', async ([, change]) => {
  const { number } = await releaseThree()
  expect(await checkRecalls()).toMatchObject({ holds: true, facts: { notRecalled: 0 } })
  const { rows } = await sql<{ recording: string; salt: string }>`
    select recording_id as recording, encode(tie_salt, 'hex') as salt from disclosed_copy where disclosure = ${number} and item = 2`.execute(
    admin,
  )
  const [{ recording, salt }] = rows as [{ recording: string; salt: string }]
  await owner(`update disclosed_copy set ${change} where disclosure = '${number}' and item = 2`)
  expect(await checkRecalls()).toMatchObject({ holds: false, facts: { notRecalled: 1, example: `${number}/2` } })
  await owner(
    `update disclosed_copy set recording_id = '${recording}', tie_salt = decode('${salt}', 'hex') where disclosure = '${number}' and item = 2`,
  )
  expect(await checkRecalls()).toMatchObject({ holds: true })
})
