import { expect, test } from 'vitest'
import { sql } from 'kysely'
import { createTestDatabase } from './create-test-database.ts'

const one = await createTestDatabase()
const other = await createTestDatabase()

test('every test database is a migrated one', async () => {
  const { rows } = await one.as().pool.query('select count(*) as applied from migration')
  expect(rows[0].applied).toBeGreaterThanOrEqual(1)
})

test('what one test database holds, another does not', async () => {
  await sql`create table only_here (id integer)`.execute(one.as().db)
  await expect(sql`select * from only_here`.execute(other.as().db)).rejects.toThrow('does not exist')
})

test('a role that no migration makes is named', () => {
  expect(() => one.url('nobody_at_all')).toThrow('No migration makes a role "nobody_at_all"')
})
