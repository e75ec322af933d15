import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'

const database = await createTestDatabase<SafeguardTables>()
const program = fileURLToPath(new URL('../../../bin/seloste.js', import.meta.url))
const [admin, desk] = [database.as().db, database.as('seloste_desk').db]

async function seloste(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const env = { ...process.env, DATABASE_URL: database.url() }
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, 'rights', ...args], { env })
    return { code: 0, out: stdout, error: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, out: stdout, error: stderr }
  }
}

test('rights list and show print who may see what, by which decision, and log it', async () => {
  expect(await seloste('list')).toEqual({ code: 0, out: 'nobody has any right\n', error: '' })
  const sari = await enterTestPerson(admin, desk, {
    name: 'Sari Niemi',
    unit: 'Neuvonta',
    right: { role: 'SUPERVISOR', purposes: ['QUALITY'], scope: 'their unit' },
  })
  const { out } = await seloste('list')
  expect(out).toMatch(/^Sari Niemi {2}SUPERVISOR {2}active {2}from 2020-01-01\n/)
  expect(out).toContain('QUALITY; reaches unit: Neuvonta; now QUALITY\n')
  expect(out).toContain('asked for by Päättäjä, approved by Päättäjä on ')
  // She has no officials in the directory.
  expect(out).toContain('doubtful: no-officials\n')
  expect(await seloste('show', '--user-id', sari.userId)).toMatchObject({ code: 0, out })
  const entries = await admin
    .selectFrom('audit_entry')
    .select(['person_id', 'object_id'])
    .where('action', '=', 'rights.read')
    .execute()
  expect(entries.at(-1)).toEqual({ person_id: null, object_id: sari.id })
})

test('wrong arguments are reported with the allowed ones', async () => {
  expect(await seloste('show', '--user-id', 'nobody')).toMatchObject({
    code: 1,
    error: 'seloste: the directory has no person with the user id "nobody"\n',
  })
  expect(await seloste('show')).toMatchObject({
    code: 1,
    error: 'seloste: rights needs list, or show with --user-id; see "seloste help"\n',
  })
  expect(await seloste('grant', '--user-id', 'x')).toMatchObject({ code: 1 })
})
