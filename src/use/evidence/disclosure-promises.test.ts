import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { disclosuresRecalled, disclosuresReturned } from './disclosure-promises.ts'
import type { CheckContext } from './promise.ts'

const database = await createTestDatabase<RegisterTables>()
const { db: admin } = database.as()
const { id: eero } = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Eero' })
const { id: riitta } = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Riitta' })
const noKeys = { read: () => Promise.resolve(undefined) }
const context = { db: database.as('seloste_custodian').db, keys: noKeys } as unknown as CheckContext
const checkReturned = () => disclosuresReturned.check(context, undefined)
const checkRecalled = () => disclosuresRecalled.check(context, undefined)

beforeEach(async () => {
  for (const table of ['research_item', 'disclosed_copy', 'prohibition', 'research_disclosure'] as const)
    await sql`delete from ${sql.table(table)}`.execute(admin)
})

/** Inserts a copy that an institute has had for this many days, due 30 days after it was released. */
async function lendCopy(days: number): Promise<{ id: string; recording: string }> {
  const [id, recording] = [randomUUID(), randomUUID()]
  await sql`
    insert into institute (id, name, contact, email, language, added_by) values (${id}, ${id}, 'Kirjaamo', 'a@b.example', 'fi', ${eero})`.execute(
    admin,
  )
  await sql`
    insert into research_disclosure (id, number, institute_id, study, due_on, format, prepared_by, outcome, reasons, decided_at, decided_by, released_at)
    values (${id}, 'T-2026-1', ${id}, 'Laatu', current_date - ${days}::integer + 30, 'OPUS', ${eero}, 'GRANTED', 'Peruste', now(), ${riitta},
      now() - make_interval(days => ${days}))`.execute(admin)
  await sql`
    insert into research_item (disclosure_id, item, recording_id, contact_id, picked_by) values (${id}, 1, ${recording}, ${recording}, ${eero})`.execute(
    admin,
  )
  await sql`insert into disclosed_copy (disclosure, recipient, item, recording_id) values ('T-2026-1', 'Laitos', 1, ${recording})`.execute(
    admin,
  )
  return { id, recording }
}

test('a copy before its due date breaks no promise', async () => {
  expect([await checkReturned(), await checkRecalled()]).toMatchObject([{ holds: true }, { holds: true }])
  await lendCopy(10)
  expect(await checkReturned()).toMatchObject({ holds: true, facts: { released: 1, confirmed: 0, overdue: 0 } })
})

test('a copy past its due date breaks the promise until it is confirmed and unlinked from its recording, and counts as late for a year', async () => {
  const { id } = await lendCopy(40)
  expect(await checkReturned()).toMatchObject({ holds: false, facts: { overdue: 1, example: 'T-2026-1/1' } })
  const confirm = sql`
    update disclosed_copy set state = 'CONFIRMED', recording_id = null, tie_salt = null, confirmed_at = now(), outcome = 'destroyed'`
  await confirm.execute(admin)
  await sql`
    insert into audit_entry (action, object_kind, object_id, result, detail)
    values ('research.item-confirmed', 'disclosure', ${id}, 'ok', '{"item": 1}')`.execute(admin)
  expect(await checkReturned()).toMatchObject({ holds: false, facts: { overdue: 0, tied: 1, example: 'T-2026-1/1' } })
  await sql`update research_item set recording_id = null, contact_id = null where disclosure_id = ${id}`.execute(admin)
  expect(await checkReturned()).toMatchObject({
    holds: true,
    facts: { confirmed: 1, lateInYear: 1, tied: 0, example: null },
  })
})

test('a disclosure closed while a copy is not confirmed breaks the promise', async () => {
  const { id } = await lendCopy(10)
  await sql`update research_disclosure set closed_at = now() where id = ${id}`.execute(admin)
  expect(await checkReturned()).toMatchObject({ holds: false, facts: { overdue: 0, openInClosed: 1 } })
})

test('a copy of a forbidden recording that is not recalled, or an overdue recall, breaks the promise', async () => {
  const { recording } = await lendCopy(10)
  await sql`
    insert into prohibition (recording_id, party, channel, entered_by) values (${recording}, 'CALLER', 'PHONE', ${eero})`.execute(
    admin,
  )
  expect(await checkRecalled()).toMatchObject({
    holds: false,
    facts: { recalled: 0, notRecalled: 1, example: 'T-2026-1/1' },
  })
  await sql`select recall_copies(${recording}::uuid)`.execute(admin)
  expect(await checkRecalled()).toMatchObject({
    holds: true,
    facts: { recalled: 1, open: 1, overdue: 0, notRecalled: 0 },
  })
  await sql`update disclosed_copy set due_at = now() - interval '1 minute'`.execute(admin)
  expect(await checkRecalled()).toMatchObject({ holds: false, facts: { open: 1, overdue: 1, example: 'T-2026-1/1' } })
  expect(await checkReturned()).toMatchObject({ holds: true })
})
