/**
 * Remedies printed for operators are correct and feasible: after a refused restore, for a recording that does not open, for a
 * full disk.
 */
import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { checkFolder, unwritableRemedy } from '#app/cli/doctor/check-disk.ts'
import { judgeConnectionError } from '#app/cli/doctor/check-database.ts'
import { refuseQuarantined } from '#platform/database/quarantine.ts'
import { bodyKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { backUpTo, emptyMachine, openBackedUpRegister, openTestPlaces, restoreFrom } from '../backup/open-backup.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { objectsUrl, testObjects } from '../objects/test-objects.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
const place = await openTestPlaces(database, register)
const [recording] = await register.makeRecordings(2)
await register.seal()
const { manifest } = await backUpTo(register, place)
const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
const objectsAt = objectsUrl(await testObjects(join(register.folder, 'objects')))

function recordings(...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, SELOSTE_DATA: register.folder, DATABASE_URL: database.url(), OBJECTS_URL: objectsAt }
    execFile(process.execPath, [program, 'recordings', ...args], { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out: out + err })
    })
  })
}

test.each([
  ['without its ledger', { ledger: 'nowhere/' }],
  ['with another identity', { identity: generateKeyPair().identity }],
] as const)('after a refused restore (%s) no start opens the database as an empty register', async (_, options) => {
  const machine = await emptyMachine()
  await expect(restoreFrom(machine, place, options)).rejects.toThrow()
  await expect(refuseQuarantined(machine.url)).rejects.toMatchObject({ code: 'database-quarantined' })
  await restoreFrom(machine, place, {})
  await expect(refuseQuarantined(machine.url)).resolves.toBeUndefined()
})

test('unreadable recordings are counted, and the printed remedy restores them', async () => {
  const key = bodyKey(recording!.id)
  const before = await register.objects.readRange(key, 0, await register.objects.sizeBytes(key))
  await register.objects.put(key, Buffer.alloc(before.length))
  const wrong = await recordings('verify')
  expect(wrong.code).toBe(3)
  expect(wrong.out).toContain('held: 2 recordings checked, 1 decrypted completely, 1 did NOT')
  expect(wrong.out).not.toContain('2 recordings decrypted completely')
  expect(wrong.out).toContain('seloste recordings bring-back --from PLACE')
  const restored = await recordings('bring-back', '--from', place.folder)
  expect(restored).toEqual({
    code: 0,
    out: `restored from the backup ${manifest.id}: 1 of 1 recordings\n`,
  })
  expect((await register.objects.readRange(key, 0, before.length)).equals(before)).toBe(true)
  expect((await recordings('verify')).code).toBe(0)
})

describe('the doctor', () => {
  test('advises to free space on a full disk, to remount a read-only disk for writing, and otherwise to give the folder to its user', async () => {
    expect(unwritableRemedy('ENOSPC')).toContain('free space')
    expect(unwritableRemedy('EROFS')).toContain('mount its volume for writing')
    expect(unwritableRemedy('EACCES')).toContain('chown')
    const file = join(register.folder, 'in-the-way')
    await writeFile(file, '')
    expect((await checkFolder('data', file)).remedy).toContain('remove the file')
    await rm(file)
  })

  test('advises for a missing PostgreSQL socket to start PostgreSQL or correct host=, and for a missing TLS file to correct its path', () => {
    const missing = { code: 'ENOENT', message: 'connect ENOENT /run/postgresql/.s.PGSQL.5432', syscall: 'connect' }
    expect(judgeConnectionError(missing).remedy).toContain('start PostgreSQL, or correct host=')
    const certificate = { code: 'ENOENT', message: 'ENOENT: no such file, open /etc/ca.pem', syscall: 'open' }
    expect(judgeConnectionError(certificate).remedy).toContain('sslrootcert')
  })
})
