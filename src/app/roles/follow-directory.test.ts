import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { followDirectory } from './follow-directory.ts'

const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db
const folder = await mkdtemp(join(tmpdir(), 'seloste-known-'))
afterAll(() => rm(folder, { recursive: true }))

const follow = (db: typeof admin, name: string) =>
  followDirectory(db, database.url('seloste_capture'), join(folder, name), () => undefined)

test('a person entered while the directory is being read is known a moment later', async () => {
  const directory = await follow(database.as('seloste_capture').db, 'known.json')
  for (let n = 0; n < 30; n++) {
    await enterTestPerson(admin, desk, { name: `Henkilö ${n}`, phone: `029 512 80${String(n).padStart(2, '0')}` })
  }
  await vi.waitFor(() => expect(directory.officials).toHaveLength(30), { timeout: 10_000, interval: 20 })
  expect(directory.readAt).toBeDefined()
  await directory.stop()
})

test('refuses to start if neither the directory nor a copy can be read, and starts with a copy', async () => {
  const unreachable = new Proxy(admin, {
    get: () => () => {
      throw new Error('no database')
    },
  })
  await expect(follow(unreachable, 'nothing.json')).rejects.toThrow('cannot read the directory')
  const directory = await follow(unreachable, 'known.json')
  expect(directory.officials).toHaveLength(30)
  expect(directory.readAt).toBeUndefined()
  await directory.stop()
})
