// Promise: officials and callers learn when their calls were viewed (L11, L17). The attack: read a call as the text of a copy to be
// anonymised, or hear it in a copy that nobody has signed.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone } from '../database/people.ts'
import { openOffices } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, admin, get } = await openOffices(database)

test('a call that was recognised for a copy, read as its text or heard in it unsigned is among the views of its official', async () => {
  const recording = await makeRecording()
  const eero = await enterTestPerson(admin, database.as('seloste_desk').db, {
    name: 'Eero',
    right: {
      ...{ role: 'EXPERT', duty: 'QUALITY', purposes: ['SERVICE_LEVEL_STUDY'] },
      scope: { kind: 'numbers', units: [], numbers: [phone('029 497 000')] },
    },
  })
  const { rows } = await sql<{ id: string }>`
    insert into anonymised_copy (recording_id, duration_ms, prepared_by) values (${recording.id}, 1000, ${eero.id}) returning id`.execute(
    admin,
  )
  // As recognise-copy.ts, read_copy, begin_copy_hearing and end_expired_hearings log them.
  for (const [action, detail] of [
    ['anonymised-copy.recognised', '{}'],
    ['anonymised-copy.read', '{"words": true}'],
    ['anonymised-copy.read', '{"words": false}'],
    ['anonymised-copy.heard', '{"revision": 1}'],
    ['anonymised-copy.heard', '{"revision": 1, "why": "time"}'],
  ])
    await sql`insert into audit_entry (person_id, role, action, purpose, object_kind, object_id, result, detail)
      values (${eero.id}, 'EXPERT', ${action}, 'SERVICE_LEVEL_STUDY', 'anonymised-copy', ${rows[0]!.id}, 'ok', ${detail}::jsonb)`.execute(
      admin,
    )
  const day = (days: number) =>
    Temporal.Now.instant()
      .add({ hours: 24 * days })
      .toString()
  const views = async () => (await get('aino', `/api/my-calls/looks?from=${day(-2)}&to=${day(1)}`)).body['items']
  const view = { kind: 'listened', contact: { id: recording.contactId } }
  expect(await views()).toMatchObject([view, view, view])
  // What is heard of a signed copy is no view of the call.
  await sql`update anonymised_copy set state = 'APPROVED', rendered_at = now(), checked_by = null,
    checked_at = (select at from audit_entry where action = 'anonymised-copy.recognised') + interval '1 microsecond'`.execute(
    admin,
  )
  expect(await views()).toMatchObject([view, view])
})
