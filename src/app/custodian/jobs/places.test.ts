import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { readSettings } from '#platform/config/settings.ts'
import { makeLog } from '#platform/log/log.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { startPlaces } from './places.ts'

const database = await createTestDatabase<SafeguardTables>()
const { db, pool } = database.as('seloste_custodian')
const folder = await mkdtemp(join(tmpdir(), 'keep-places-'))
afterAll(() => rm(folder, { recursive: true }))
const version = versionAt(await readVersions(db), Temporal.Now.instant())
const options = {
  ...{ db, pool, clock: systemClock, versions: { at: () => version } },
  keys: await openKeyFolder(join(folder, 'keys')),
  log: makeLog({ name: 'test', write: () => undefined }),
}
const settingsWith = (more: Record<string, string>) => readSettings({ SELOSTE_DATA: folder, ...more }, folder)

test('the start is refused, with one line, if one of the register’s own places is new and has no attested site', async () => {
  const settings = settingsWith({ SELOSTE_SITES: 'keys=attic, data=server-room' })
  await expect(startPlaces({ ...options, settings })).rejects.toMatchObject({
    code: 'place-unattested',
    message: `The place keys (${folder}/keys) is not used: its site attic is not in the description (server-room): enter it, attested, in a new version of the description (R19).`,
  })
  const job = await startPlaces({ ...options, settings: settingsWith({}) })
  await job.stop()
  // The place is known now: the start succeeds.
  const again = await startPlaces({ ...options, settings })
  await again.stop()
  const states = await db.selectFrom('place_of_data').select(['name', 'state']).orderBy('name').execute()
  expect(states).toEqual([
    { name: 'data', state: 'in-use' },
    { name: 'database', state: 'in-use' },
    { name: 'keys', state: 'attestation-over' },
    { name: 'objects', state: 'in-use' },
  ])
})
