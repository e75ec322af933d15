import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportLog, makeSigner, sealLog } from '#test/audit/seal-log.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'

const seloste = fileURLToPath(new URL('../../../bin/seloste.js', import.meta.url))
const database = await createTestDatabase()
const { pool } = database.as()
const signer = makeSigner('seloste/koe/4', 1)
let parent = ''
let folder = ''
let key = ''

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'seloste-verify-'))
  folder = join(parent, 'export')
  key = join(parent, 'key.txt')
  await pool.query(`insert into audit_entry (action, result) select 'contact.read', 'ok' from generate_series(1, 20)`)
  await sealLog(pool, signer)
  for (const [path, bytes] of await exportLog(pool, signer)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
  await writeFile(key, `${signer.verifierKey}\n`)
})
afterAll(() => rm(parent, { recursive: true, force: true }))

function verify(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, SELOSTE_DATA: join(parent, 'data') }
    execFile(process.execPath, [seloste, 'audit', 'verify', ...args], { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err })
    })
  })
}

describe('audit verify', () => {
  test('needs only an export and a key: no database and no running Seloste', async () => {
    const { code, out } = await verify('--export', folder, '--key', key)
    expect(out).toContain('the log is whole')
    expect(code).toBe(0)
    const { out: json } = await verify('--export', folder, '--key', key, '--json')
    expect(JSON.parse(json)).toMatchObject({ found: 0, problems: [], newest: { origin: 'seloste/koe/4' } })
  })

  test('exits with 3 if the export does not continue a checkpoint or has an altered entry, and names that entry', async () => {
    const seen = join(parent, 'seen.txt')
    await writeFile(seen, await readFile(join(folder, 'checkpoint')))
    await pool.query(`insert into audit_entry (action, result) values ('contact.read', 'ok')`)
    const later = join(parent, 'later.txt')
    await writeFile(later, (await sealLog(pool, signer)).note)
    expect((await verify('--export', folder, '--key', key, '--checkpoint', seen)).code).toBe(0)
    const behind = await verify('--export', folder, '--key', key, '--checkpoint', later)
    expect(behind).toMatchObject({ code: 3, out: expect.stringContaining('rolled-back') })

    const { rows } = await pool.query<{ size: number }>('select min(size)::integer as size from audit_checkpoint')
    const bundle = join(folder, `tile/entries/000.p/${rows[0]!.size}`)
    const bytes = await readFile(bundle, 'latin1')
    await writeFile(bundle, bytes.replace('contact.read', 'contact.reaD'), 'latin1')
    const changed = await verify('--export', folder, '--key', key)
    expect(changed.code).toBe(3)
    expect(changed.out).toMatch(/NOT whole: 1 problems\n {2}index \d+: entry-altered/)
    await writeFile(bundle, bytes, 'latin1')
  })

  test.each([
    ['an export without a key from elsewhere', () => ['--export', folder], '--export needs --key FILE'],
    ['a key that is not there', () => ['--export', folder, '--key', join(parent, 'none')], 'cannot be read (ENOENT)'],
    ['an invalid key', () => ['--export', folder, '--key', join(folder, 'checkpoint')], 'it is not a verifier key'],
    ['a folder that is not there', () => ['--export', join(parent, 'none'), '--key', key], 'cannot be read (ENOENT)'],
    ['a Seloste that does not run', () => [], 'no Seloste runs on'],
  ])('exits with 1 and names what is missing: %s', async (_, args, message) => {
    const { code, err } = await verify(...args())
    expect(err).toContain(message)
    expect(code).toBe(1)
  })
})
