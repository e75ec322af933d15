import { expect, test } from 'vitest'
import { sql } from 'kysely'
import { createTestDatabase } from './create-test-database.ts'

const one = await createTestDatabase()
const other = await createTestDatabase()

test('every test database is migrated', async () => {
  const { rows } = await one.as().pool.query('select count(*) as applied from migration')
  expect(rows[0].applied).toBeGreaterThanOrEqual(1)
})

test('test databases share no data', async () => {
  await sql`create table only_here (id integer)`.execute(one.as().db)
  await expect(sql`select * from only_here`.execute(other.as().db)).rejects.toThrow('does not exist')
})

test('a role that no migration creates is reported', () => {
  expect(() => one.url('nobody_at_all')).toThrow('No migration makes a role "nobody_at_all"')
})
