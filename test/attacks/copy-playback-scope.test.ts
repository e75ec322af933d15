/**
 * An unsigned copy may still contain what was to be removed. Only people whose right covers its recording may play it
 * (R33, R38).
 */
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone } from '../database/people.ts'
import { openCopies } from '../disclosure/open-copies.ts'
import { answer } from '../register/open-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const copies = await openCopies(database)

test('an expert for another number can play a copy once it is signed, and not before its check', async () => {
  const { id } = await copies.renderedCopy()
  const ville = await copies.desk.signIn(
    await enterTestPerson(copies.admin, database.as('seloste_desk').db, {
      name: 'Ville',
      right: {
        ...{ role: 'EXPERT', duty: 'QUALITY', purposes: ['SERVICE_LEVEL_STUDY'] },
        scope: { kind: 'numbers', units: [], numbers: [phone('029 497 010')] },
      },
    }),
  )
  const startPlayback = () => answer(ville.fetch(`/api/anonymised-copies/${id}/hearings`, { method: 'POST' }))
  expect(await startPlayback()).toMatchObject({ status: 403, code: 'deny.role' })
  await copies.playCopy(id)
  expect((await copies.check(id, 'APPROVED')).status).toBe(204)
  expect((await startPlayback()).status).toBe(201)
})
