import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { seedDescriptionFile } from '#description/read-description.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { followVersions } from './follow-versions.ts'

const database = await createTestDatabase<RegisterTables>()
const capture = database.as('seloste_capture').db
const folder = await mkdtemp(join(tmpdir(), 'seloste-versions-'))
afterAll(() => rm(folder, { recursive: true }))
const seed = await readFile(seedDescriptionFile, 'utf8')
const now = Temporal.Now.instant().round('second')

const follow = (name: string, db = capture, onFault = fail) =>
  followVersions({ db, databaseUrl: database.url('seloste_capture'), copyPath: join(folder, name), onFault })
function fail(error: unknown): void {
  throw error
}

/** Publishes a version with other shares, as the procedure does at its end. */
async function publish(version: number, share: number, effectiveFrom: Temporal.Instant): Promise<void> {
  const text = seed
    .replace(/^version: 1$/m, `version: ${version}`)
    .replace('defaultShare: 0.1', `defaultShare: ${share}`)
  const { pool } = database.as()
  await pool.query(
    `insert into description_version (version, text, hash, effective_from) values ($1, $2, sha256(convert_to($2, 'UTF8')), $3)`,
    [version, text, effectiveFrom.toString()],
  )
  await pool.query(`select pg_notify('seloste_description', $1)`, [String(version)])
}

test('an approved version is known before it is in force, and in force exactly from its instant', async () => {
  const versions = await follow('next.json')
  const from = now.add({ hours: 24 })
  await publish(2, 0.2, from)
  await expect.poll(() => versions.all.length, { interval: 10 }).toBe(2)
  const shareAt = (at: Temporal.Instant) => versions.at(at).description.recordingPlan.rules[0]?.share
  expect(versions.all.map(({ version }) => version)).toEqual([1, 2])
  expect(versions.at(now).version).toBe(1)
  expect(versions.at(from.subtract({ nanoseconds: 1 })).version).toBe(1)
  expect(versions.at(from).version).toBe(2)
  expect([shareAt(now), shareAt(from)]).toEqual([0.1, 0.2])
  await versions.stop()
})

test('without the database a process uses its copy on disk, future versions included', async () => {
  await (await follow('copy.json')).stop()
  const away = connectDatabase<RegisterTables>({
    url: 'postgres://nobody@127.0.0.1:1/none',
    applicationName: 'away',
    size: 1,
    onIdleError: () => undefined,
  })
  const faults: unknown[] = []
  const onFault = (error: unknown) => faults.push(error)
  const versions = await follow('copy.json', away.db, onFault)
  expect(faults).toHaveLength(1)
  expect(versions.all.map(({ version }) => version)).toEqual([1, 2])
  expect(versions.at(now).description.controller.name.fi).toBe('Verohallinto')
  await versions.stop()

  await writeFile(join(folder, 'broken.json'), '[{')
  await expect(follow('broken.json', away.db, onFault)).rejects.toThrow('no register description')
  await away.close()
})
