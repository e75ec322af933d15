import { afterEach, expect, test, vi } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { readSettings } from '#platform/config/settings.ts'
import { judgePlan, upgrade } from './upgrade.ts'

const database = await createTestDatabase()
const { pool } = database.as()
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

async function check(): Promise<string> {
  let output = ''
  vi.spyOn(console, 'log').mockImplementation((line: string) => void (output += `${line}\n`))
  await upgrade(() => readSettings({ DATABASE_URL: database.url(), SELOSTE_DATA: '/nonexistent' }, '/'), ['--check'])
  return output
}

test('upgrade --check names the migrations that would be applied, and that they cannot be rolled back', () => {
  const [schema, functions] = judgePlan({ at: '0216-a.sql', waiting: ['0217-b.sql'], areFunctionsNew: true })
  expect(schema?.says).toBe('from 0216-a.sql, 1 migrations will be applied: 0217-b.sql; they cannot be rolled back')
  expect(functions?.says).toBe('functions, views and policies will be installed anew')
})

test('a database of this version needs no change, and missing backups are a warning', async () => {
  const output = await check()
  expect(output).toMatch(/ok {7}schema: tables stay as they are \(\d{4}-[\w-]+\.sql\)/)
  expect(output).toContain('functions, views and policies stay as they are')
  expect(output).toMatch(/WARNING {2}backups: /)
  expect(process.exitCode).toBeUndefined()
})

test('a database that this version would refuse is an error, and only --check is accepted', async () => {
  await pool.query(`insert into migration (number, name, checksum) values (9998, '9998-later.sql', '')`)
  const output = await check()
  expect(output).toMatch(/ERROR {4}schema: The database has the migration 9998-later\.sql/)
  expect(process.exitCode).toBe(1)
  await expect(upgrade(() => readSettings({}, '/'), [])).rejects.toThrow('upgrade needs --check')
})
