// R34, R35, R36, R49, R50: the owner of the database takes away a protection that is in the log (an order, an
// inspection, or the link of a released copy to its recording), moves an order to another call, or lengthens a right that the installation gave.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { check, tamper, recordings, aino, matti } = await makeTestPromises(database)
const { pool } = database.as()
const { older, ainos, colleagues } = recordings
const broken = async () => (await check()).broken.map(({ promise }) => promise)

async function log(action: string, object: string, detail: object, ago: string): Promise<void> {
  await pool.query(
    `insert into audit_entry (action, result, object_kind, object_id, detail, at) values ($1, 'ok', 'planted', $2, $3, now() - $4::interval)`,
    [action, object, JSON.stringify(detail), ago],
  )
}

/** Enters an order and its log entry, as the security unit's act does. */
async function enterOrder(contactId: string, covers: string): Promise<string> {
  const id = randomUUID()
  const { rows } = await pool.query<{ until: string }>(
    `insert into preservation_order (id, contact_id, contact_started_at, covers, provision, authority, order_reference, reference, from_at, until, entered_by)
     select $1, id, started_at, $2, '8:24', 'Poliisi', 'M-1', 'R-1', now() - interval '2 days', now() + interval '80 days', $3 from contact where id = $4
     returning until::text`,
    [id, covers, matti.id, contactId],
  )
  await log('hold.entered', id, { contact: contactId, covers, until: rows[0]!.until }, '2 days')
  return id
}

test.for([
  ['ended in its row', `update preservation_order set ended_at = now()`],
  ['shortened', `update preservation_order set until = now() - interval '1 minute'`],
  ['narrowed', `update preservation_order set covers = 'history'`],
  ['deleted', 'delete from preservation_order'],
])('an order that is %s is reported', async ([, statement]) => {
  const id = await enterOrder(older.contactId, 'both')
  expect(await broken()).toEqual([])
  await tamper(statement!)
  expect(await broken()).toEqual(['recordings.floor'])
  await log('hold.ended', id, { by: 'person' }, '0')
  await tamper('delete from preservation_order')
  expect(await broken()).toEqual([])
})

test('an order moved to another call does not protect that call, and is reported missing from its own', async () => {
  const id = await enterOrder(ainos.contactId, 'history')
  const { rows } = await pool.query<{ due: string; kept: string }>(
    'select destroy_at::text as due, kept_at::text as kept from recording where id = $1',
    [older.id],
  )
  await tamper(
    `update recording set destroy_at = now() - interval '3 hours', kept_at = now() - interval '4 hours' where id = '${older.id}'`,
  )
  expect(await broken()).toEqual(['recordings.ceiling'])
  await tamper(
    `update preservation_order set contact_id = '${older.contactId}', covers = 'both',
       contact_started_at = (select contact_started_at from recording where id = '${older.id}')`,
  )
  expect((await broken()).sort()).toEqual(['recordings.ceiling', 'recordings.floor'])
  await tamper(
    `update recording set destroy_at = '${rows[0]!.due}', kept_at = '${rows[0]!.kept}' where id = '${older.id}'`,
    'delete from preservation_order',
  )
  await log('hold.ended', id, { by: 'person' }, '0')
  expect(await broken()).toEqual([])
})

test('an open inspection that is closed in its row, deleted, emptied or backdated is reported', async () => {
  const id = randomUUID()
  await tamper(
    `insert into inspection (id, reference, party, contact_id, contact_started_at, received_at, opened_at, opened_by)
     select '${id}', 'P-1', 'CALLER', contact_id, contact_started_at, now() - interval '1 day', now() - interval '1 day', '${aino.id}'
     from recording where id = '${colleagues.id}'`,
    `insert into inspection_recording values ('${id}', '${colleagues.id}')`,
  )
  const { rows } = await pool.query<{ received: string }>('select received_at::text as received from inspection')
  await log('inspection.opened', id, { recordings: [colleagues.id], received: rows[0]!.received }, '1 day')
  expect(await broken()).toEqual([])
  await tamper(`update inspection set received_at = now() - interval '3 days'`)
  expect(await broken()).toEqual(['recordings.floor'])
  await tamper(
    `update inspection set received_at = '${rows[0]!.received}', closed_at = now(), closed_by = '${aino.id}', outcome = 'answered'`,
  )
  expect(await broken()).toEqual(['recordings.floor'])
  await tamper(`update inspection set closed_at = null, closed_by = null, outcome = null`)
  expect(await broken()).toEqual([])
  await tamper('delete from inspection_recording')
  expect(await broken()).toEqual(['recordings.floor'])
  await tamper('delete from inspection')
  expect(await broken()).toEqual(['recordings.floor'])
  await log('inspection.closed', id, { outcome: 'answered' }, '0')
  expect(await broken()).toEqual([])
})

test('a right that the installation gave is reported when it is lengthened, also if its entry has no end', async () => {
  const { rows } = await pool.query<{ id: string }>(`select install_right($1, 'ADMINISTRATOR') as id`, [matti.id])
  const id = rows[0]!.id
  expect(await broken()).toEqual([])
  for (const end of [`valid_to + interval '1 day'`, 'null']) {
    const { rows: before } = await pool.query<{ end: string }>(
      'select valid_to::text as end from access_right where id = $1',
      [id],
    )
    await tamper(`update access_right set valid_to = ${end} where id = '${id}'`)
    expect(await broken()).toEqual(['rights.granted'])
    await tamper(`update access_right set valid_to = '${before[0]!.end}' where id = '${id}'`)
    expect(await broken()).toEqual([])
    // As entered by an earlier version.
    await tamper(
      `update audit_entry set detail = detail - '{purposes,scope,units,numbers,until}'::text[] where object_id = '${id}'`,
    )
  }
})
