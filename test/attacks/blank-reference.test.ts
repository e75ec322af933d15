// R40: a view by technical maintenance under a reference of spaces names no fault.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { check, matti, recordings } = await makeTestPromises(database)

test('a view by technical maintenance under a blank reference is found', async () => {
  await database.as().pool.query(
    `insert into audit_entry (person_id, role, action, purpose, reference, object_kind, object_id, result, detail)
     values ($1, 'MAINTENANCE', 'contact.read', 'MAINTENANCE', E' \t', 'contact', $2, 'ok', '{}')`,
    [matti.id, recordings.ainos.contactId],
  )
  expect((await check()).broken).toMatchObject([
    { promise: 'rights.maintenance-security', facts: { withoutReference: 1 } },
  ])
})
