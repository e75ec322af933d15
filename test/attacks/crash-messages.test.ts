/** Crash messages contain no row: on a console, in journald and in whatever collects them. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { SafeguardTables } from '#safeguards/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'

const database = await createTestDatabase<SafeguardTables>()
const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))

test('a row that the database refuses is not printed with a command’s error', async () => {
  const { pool } = database.as()
  // Simulates an owner's trigger, or a check that an older row violates.
  await pool.query(`
    create function refuse() returns trigger language plpgsql as $$
    begin
      raise exception 'refused' using errcode = 'check_violation', detail = 'Failing row contains (0198c7a2, +358401234567).';
    end $$`)
  await pool.query('create trigger refuse before insert on audit_entry for each row execute function refuse()')
  const env = { ...process.env, DATABASE_URL: database.url() }
  const failed = await promisify(execFile)(process.execPath, [program, 'rights', 'list'], { env }).then(
    () => undefined,
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  )
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringMatching(/refused[^]*at /) as unknown })
  expect(failed!.stderr).toContain('23514')
  expect(failed!.stdout + failed!.stderr).not.toContain('358401234567')
})
