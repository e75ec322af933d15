// R52: the recovery key is replaced because the stick with it was lost. Keyring and ledger contents in the places are sealed to
// the new key within a minute, but the newest backup is sealed to it only at night. A machine lost in between needs
// both keys, and the register must report that.
import { expect, test } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { isNewestCurrent } from '#safeguards/backup/list-backups.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { makeBackup } from '#safeguards/backup/make-backup.ts'
import { openPlaces } from '#safeguards/places/places.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import {
  backUpTo,
  emptyMachine,
  openBackedUpRegister,
  openTestPlaces,
  recovery,
  restoreFrom,
} from '../backup/open-backup.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
await register.makeRecordings(2)
await register.seal()
const { db, pool } = database.as()
const renewed = generateKeyPair()

/** Makes a backup sealed to the old key, ends an employment, and has the place sealed to the new key. */
async function renewedPlace() {
  const place = await openTestPlaces(database, register)
  const leaver = await enterTestPerson(db, database.as('seloste_desk').db, { name: 'Aino' })
  await register.seal()
  await backUpTo(register, place)
  await pool.query('update person set employed_to = now() where id = $1', [leaver.id])
  await register.seal()
  const copies = openPlaces({
    ...{ db, keys: register.keys, ledgerCopies: [], recipient: renewed.recipient, now: () => Temporal.Now.instant() },
    backups: [{ name: place.name, at: { kind: 'folder', folder: place.folder }, site: 'server-room' }],
    sites: async () => versionAt(await readVersions(db), Temporal.Now.instant()).description.storage.sites,
  })
  expect(await copies.catchUp()).toMatchObject([{ reached: true }])
  return { place, backup: copies.backup(place.name)! }
}

test('restores the earlier backup with both keys, and ends an employment that ended after it', async () => {
  const { place } = await renewedPlace()
  for (const identity of [recovery.identity, renewed.identity])
    await expect(restoreFrom(await emptyMachine(), place, { identity })).rejects.toThrow()
  for (const both of [
    [recovery.identity, renewed.identity],
    [renewed.identity, recovery.identity],
  ]) {
    const restored = await restoreFrom(await emptyMachine(), place, { identity: both.join('\n') })
    expect(restored).toMatchObject({ keys: 2, withoutKey: [], ledger: { employments: 1 } })
  }
})

test('a backup sealed to another key than the present one counts as overdue, whatever its age', async () => {
  const { place, backup } = await renewedPlace()
  const key = (await readLogKey(register.keys))!
  const since = Temporal.Now.instant().subtract({ hours: 1 })
  expect(await isNewestCurrent(place.store, key, { since, recipient: recovery.recipient })).toBe(true)
  expect(await isNewestCurrent(place.store, key, { since, recipient: renewed.recipient })).toBe(false)
  const reach = () => backup.open()
  const open = { name: place.name, store: await reach(), renewCopies: () => backup.renewCopies(), reach }
  const options = { recipient: renewed.recipient, rotationDays: 30, onProgress: () => undefined }
  await makeBackup(register.source, open, options)
  expect(await isNewestCurrent(place.store, key, { since, recipient: renewed.recipient })).toBe(true)
  expect(await restoreFrom(await emptyMachine(), place, { identity: renewed.identity })).toMatchObject({
    withoutKey: [],
  })
})
