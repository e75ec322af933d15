// AC10 and R23: nobody ends a recording before its day, in any way, except for the description's causes.
import { describe, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { answer } from '../register/open-desk.ts'
import { openDestructionDesk } from './open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const { as, makeRecording, stateOf, admin, people } = ends

const roles = [undefined, 'seloste_capture', 'seloste_desk', 'seloste_custodian'] as const
const statements = (id: string, contactId: string): string[] => [
  `delete from recording where id = '${id}'`,
  `truncate recording`,
  `truncate recording cascade`,
  ...['retention', 'caller', 'official', 'trimming', 'hold-end'].flatMap((cause) => [
    `update recording set state = 'DESTROYING', cause = '${cause}' where id = '${id}'`,
    `update recording set state = 'DESTROYED', cause = '${cause}', destroyed_at = now() where id = '${id}'`,
  ]),
  `update recording set destroy_at = now() where id = '${id}'`,
  `update recording set min_keep_until = now(), destroy_at = now() where id = '${id}'`,
  `update recording set min_keep_until = null, destroy_at = null where id = '${id}'`,
  `delete from recording_key where recording_id = '${id}'`,
  `delete from contact where id = '${contactId}'`,
  `delete from segment where contact_id = '${contactId}'`,
  `select settle_recording('${id}')`,
  `select settle_ends()`,
]

describe('a recording of thirty days stays', () => {
  test.each(roles)('whatever %s requests in the database', async (role) => {
    const { id, contactId } = await makeRecording()
    const before = await stateOf(id)
    const { pool } = database.as(role)
    for (const statement of statements(id, contactId)) {
      // Skips statements with which a superuser would remove the guards; other statements are refused to a superuser
      // too.
      if (role === undefined && /from (contact|segment)|truncate.*cascade/.test(statement)) continue
      await pool.query(statement).catch(() => undefined)
    }
    expect(await stateOf(id)).toEqual(before)
    const held = await admin.selectFrom('recording_key').select('recording_id').where('recording_id', '=', id).execute()
    expect(held).toHaveLength(1)
  })

  test.each(['matti', 'tuula', 'asta', 'riitta', 'dora', 'paula', 'aino'] as const)(
    'whatever %s requests of the API',
    async (name) => {
      const { id, contactId } = await makeRecording()
      const browser = await as(name)
      for (const path of [
        `/api/recordings/${id}`,
        `/api/contacts/${contactId}`,
        '/api/recordings',
        `/scim/v2/Users/${id}`,
      ]) {
        const { status } = await answer(browser.fetch(path, { method: 'DELETE' }))
        expect(status).toBeGreaterThanOrEqual(400)
      }
      expect(await stateOf(id)).toMatchObject({ state: 'STORED' })
    },
  )

  test('when its official, its unit and every number and rule are gone', async () => {
    const { id } = await makeRecording()
    const { pool } = database.as()
    await pool.query('update person set employed_to = now() where id = $1', [people.bertil.id])
    for (const statement of [
      `delete from person_name where person_id = '${people.aino.id}'`,
      `delete from person_phone where person_id = '${people.aino.id}'`,
      `delete from person where id = '${people.aino.id}'`,
      `delete from unit`,
      `delete from described_number`,
      `delete from description_version`,
    ]) {
      await pool.query(statement).catch(() => undefined)
    }
    expect(await stateOf(id)).toMatchObject({ state: 'STORED' })
  })
})

test('each cause of destruction needs its condition', async () => {
  const recording = await ends.makeRecordingUntil(24)
  const end = (cause: string) =>
    database
      .as('seloste_custodian')
      .pool.query(`update recording set state = 'DESTROYING', cause = $2 where id = $1`, [recording.id, cause])
  await expect(end('retention')).rejects.toThrow(/cannot be destroyed before/)
  await expect(end('caller')).rejects.toThrow(/has not been forbidden by the caller/)
  await expect(end('official')).rejects.toThrow(/has not been forbidden by the official/)
  await expect(end('trimming')).rejects.toThrow(/not in quarantine/)
  await expect(end('hold-end')).rejects.toThrow(/not kept past its term/)
})

test('no process can write a prohibition, an order or an inspection directly', async () => {
  const { id, contactId } = await makeRecording()
  for (const role of ['seloste_capture', 'seloste_desk', 'seloste_custodian']) {
    const { pool } = database.as(role)
    for (const statement of [
      `insert into prohibition (recording_id, party, channel, entered_by) values ('${id}', 'CALLER', 'CALL', '${people.aino.id}')`,
      `insert into inspection (reference, party, contact_id, contact_started_at, received_at, opened_by)
        values ('x', 'CALLER', '${contactId}', now(), now(), '${people.aino.id}')`,
      `insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
        values ('${contactId}', now(), 'both', 'x', 'x', 'x', 'x', now() + interval '1 day', '${people.aino.id}')`,
      `insert into disclosed_copy (disclosure, recipient, item, recording_id) values ('x', 'x', 1, '${id}')`,
      `select * from forbid_use('${id}', 'CALLER', 'CALL', 'PY-1')`,
      `select enter_order('${contactId}', 'both', 'x', 'x', 'x', now() + interval '1 day', 'x')`,
    ]) {
      await expect(pool.query(statement), `${role}: ${statement}`).rejects.toThrow()
    }
  }
})
