import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { seedDescriptionFile } from '#description/read-description.ts'

const database = await createTestDatabase()
const program = fileURLToPath(new URL('../../../../bin/seloste.js', import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'seloste-description-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

async function seloste(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const env = { ...process.env, DATABASE_URL: database.url() }
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, 'description', ...args], { env })
    return { code: 0, out: stdout, error: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, out: stdout, error: stderr }
  }
}

test('description show prints the text exactly as published, and versions prints each with its hash', async () => {
  const seed = await readFile(seedDescriptionFile, 'utf8')
  expect(await seloste('show')).toEqual({ code: 0, out: seed, error: '' })
  expect((await seloste('show', '--version', '1')).out).toBe(seed)
  expect(await seloste('show', '--version', '9')).toMatchObject({
    code: 1,
    error: 'seloste: version 9 does not exist; "seloste description versions" lists the versions\n',
  })
  expect((await seloste('versions')).out).toMatch(
    /^1 {2}in force {2}from 2026-01-01T00:00\+02:00 {2}sha256 [\da-f]{64}\n$/,
  )
})

test('description check prints every problem with its line, and ends with code 1', async () => {
  const file = join(folder, 'draft.yaml')
  const seed = await readFile(seedDescriptionFile, 'utf8')
  await writeFile(
    file,
    seed.replace('recordingMonths: 6', 'recordingMonths: 7').replace('kind: SWITCHBOARD', 'kind: X'),
  )
  const { code, out, error } = await seloste('check', file)
  expect(code).toBe(1)
  const lines = out.trim().split('\n')
  expect(lines).toHaveLength(2)
  for (const line of lines)
    expect(line).toMatch(/draft\.yaml:\d+ {2}(numbers\[4\]\.kind|recordingPlan\.rules\[0\]\.recordingMonths) {2}/)
  expect(error).toMatch(/has 2 problems\n$/)
  expect((await seloste('check', seedDescriptionFile)).code).toBe(0)
  expect((await seloste('check', join(folder, 'none.yaml'))).error).toContain('cannot be read (ENOENT)')
})
