// Promise: a preservation order is renewed by another person than the one who entered it (L37, R24). The attack: a new order on the same
// call in place of a renewal.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { openOffices } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, post, admin, people } = await openOffices(database)

test('nobody enters a second order on a call that lasts longer than their first, also after that has ended', async () => {
  const { contactId } = await makeRecording()
  const enter = (days: number) =>
    post('tuula', '/api/holds', {
      ...{ contactId, covers: 'both', provision: '806/2011 8:24', authority: 'Poliisi', orderReference: 'R/2' },
      ...{
        until: Temporal.Now.instant()
          .add({ hours: 24 * days })
          .toString(),
        reference: 'TURVA-2',
      },
    })
  expect(await enter(30)).toMatchObject({ status: 201 })
  expect(await enter(85)).toMatchObject({ status: 403, code: 'hold.own' })
  expect(await enter(20)).toMatchObject({ status: 201 })
  await sql`update preservation_order set ended_at = now(), ended_by = ${people.riitta.id}, end_note = 'Peruttu'`.execute(
    admin,
  )
  expect(await enter(85)).toMatchObject({ status: 403, code: 'hold.own' })
})
