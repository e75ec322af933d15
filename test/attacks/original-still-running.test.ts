// R50, R52: a backup is restored on another machine, as for a drill, with the settings of the original, which is still
// running. Both must not write to the same places: otherwise one writes again a key that the other destroyed there with
// a receipt, and the ledger there becomes a mixture that no restore accepts.
import { expect, test } from 'vitest'
import { openPlaces } from '#safeguards/places/places.ts'
import { monthsIn } from '#safeguards/places/renew-keyring.ts'
import { monthFile, openMonth, readShard, shardFile } from '#safeguards/places/keyring-file.ts'
import { readWholeIfExists } from '#platform/objects/whole-objects.ts'
import { backupId, folderOf } from '#safeguards/backup/manifest.ts'
import { findBackups } from '#safeguards/backup/list-backups.ts'
import { makeBackup } from '#safeguards/backup/make-backup.ts'
import { sealLedger } from '#safeguards/ledger/seal-ledger.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
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
await register.makeRecordings(1)
await register.seal()

type Place = Awaited<ReturnType<typeof openTestPlaces>>
type Machine = Awaited<ReturnType<typeof emptyMachine>>

/** Opens the same place as the restored machine does. */
function placesOf({ db, keys }: Machine, { name, folder }: Place) {
  return openPlaces({
    ...{ db, keys, ledgerCopies: [], recipient: recovery.recipient, now: () => Temporal.Now.instant() },
    backups: [{ name, at: { kind: 'folder', folder }, site: 'server-room' }],
    sites: async () => versionAt(await readVersions(db), Temporal.Now.instant()).description.storage.sites,
  })
}

/** Returns the recordings with a key in the place's copy of the keyring. */
async function keysIn({ store }: Place): Promise<string[]> {
  const found: string[] = []
  for (const month of await monthsIn(store)) {
    const { shards } = await openMonth(recovery.identity, (await readWholeIfExists(store, monthFile(month)))!)
    for (const { shard } of shards) {
      const bytes = await readWholeIfExists(store, shardFile(month, shard))
      if (bytes) found.push(...readShard(month, shard, bytes).map(({ recordingId }) => recordingId))
    }
  }
  return found
}

/** Restores a backup elsewhere while the register is running. */
async function restoreElsewhere() {
  const place = await openTestPlaces(database, register)
  const recordings = await register.makeRecordings(2)
  await register.seal()
  await backUpTo(register, place)
  await place.copies.catchUp()
  const machine = await emptyMachine()
  await restoreFrom(machine, place)
  const destroyer = makeDestroyer(database, register, place.copies)
  return { place, machine, restoredPlaces: placesOf(machine, place), destroyer, ids: recordings.map(({ id }) => id) }
}
/** Returns true if the ledger records that a destruction took effect in the place. */
async function isReportedReached({ name }: Place, id: string): Promise<boolean> {
  const { rows } = await database
    .as()
    .pool.query("select from destruction_entry where object_id = $1 and targets -> 'places' @> $2::jsonb", [
      id,
      JSON.stringify([{ place: name, reached: true }]),
    ])
  return rows.length > 0
}

test('a restored register does not write into a place a key that was destroyed there since the restore', async () => {
  const { place, restoredPlaces, destroyer, ids } = await restoreElsewhere()
  await destroyer.destroy(ids[0]!)
  await register.seal()
  expect(await isReportedReached(place, ids[0]!)).toBe(true)
  expect(await place.copies.shipLedger()).toMatchObject([{ reached: true }])
  expect(await keysIn(place)).not.toContain(ids[0])
  const [reached] = await restoredPlaces.catchUp()
  expect(reached).toMatchObject({ reached: false, fault: expect.stringContaining('ledger there') as string })
  expect(await keysIn(place)).not.toContain(ids[0])
})

test('the first register loses a place that a restored register has taken over, reports the loss, and no longer claims destructions there', async () => {
  const { place, machine, restoredPlaces, destroyer, ids } = await restoreElsewhere()
  expect(await restoredPlaces.catchUp()).toMatchObject([{ reached: true }])
  const before = await keysIn(place)
  expect(await place.copies.catchUp()).toMatchObject([
    { reached: false, fault: expect.stringContaining('restored from a backup') as string },
  ])
  const state = await database
    .as()
    .pool.query('select state, fault_code from place_of_data where name = $1', [place.name])
  expect(state.rows).toEqual([{ state: 'unreachable', fault_code: 'place-other' }])
  await destroyer.destroy(ids[1]!).catch(() => undefined)
  expect(await isReportedReached(place, ids[1]!)).toBe(false)
  expect(await keysIn(place)).toEqual(before)
  // The restored register continues there.
  expect(await restoredPlaces.catchUp()).toMatchObject([{ reached: true }])
  const { rows } = await machine.pool.query('select state, keyring_whole from place_of_data where name = $1', [
    place.name,
  ])
  expect(rows).toEqual([{ state: 'in-use', keyring_whole: true }])
})

test('a backup in progress when a restored register takes over the place does not count, and deletes nothing of the restored register’s', async () => {
  const { place, restoredPlaces } = await restoreElsewhere()
  const before = (await findBackups(place.store)).whole
  // The restored register's first backup, still incomplete.
  const id = backupId(Temporal.Now.instant().add({ hours: 1 }))
  const foreignFiles = [`${folderOf(id)}secrets.age`, `objects/recordings/${crypto.randomUUID()}.age`]
  const open = await place.open()
  const made = makeBackup(
    register.source,
    {
      ...open,
      async renewCopies() {
        await open.renewCopies()
        expect(await restoredPlaces.catchUp()).toMatchObject([{ reached: true }])
        for (const key of foreignFiles) await place.store.put(key, Buffer.from('theirs'))
      },
    },
    { recipient: recovery.recipient, rotationDays: 30, onProgress: () => undefined },
  )
  await expect(made).rejects.toMatchObject({ code: 'place-other' })
  expect((await findBackups(place.store)).whole).toEqual(before)
  for (const key of foreignFiles) expect(await place.store.sizeBytes(key)).toBe('theirs'.length)
})

test('a machine that was rolled back or copied writes no keys into a place whose ledger is longer than its own', async () => {
  const { place, machine, restoredPlaces, destroyer, ids } = await restoreElsewhere()
  const { rows } = await database.as().pool.query('select id from place_of_data where name = $1', [place.name])
  await machine.pool.query(
    "update place_of_data set id = $1, reached_at = now(), keyring_whole = false, state = 'in-use' where name = $2",
    [rows[0].id, place.name],
  )
  await destroyer.destroy(ids[0]!)
  await register.seal()
  expect(await place.copies.shipLedger()).toMatchObject([{ reached: true }])
  const before = await keysIn(place)
  expect(await restoredPlaces.catchUp()).toMatchObject([
    { reached: false, fault: expect.stringContaining('an earlier time') as string },
  ])
  expect(await keysIn(place)).toEqual(before)
})

test('a ledger that diverges from the one in the place is not mixed with it, and the divergence is reported', async () => {
  const { place, machine, restoredPlaces, destroyer, ids } = await restoreElsewhere()
  // The restored register ends something while the place is unreachable for the first one.
  await machine.pool.query(
    "insert into destruction_entry (at, object_kind, object_name, cause, done_by, detail, targets) values (now(), 'history-month', '2020-01', 'term', 'sweep', '{}', '{}')",
  )
  await sealLedger({ db: machine.db, keys: machine.keys, folder: machine.ledger })
  expect(await restoredPlaces.catchUp()).toMatchObject([{ reached: true }])
  const head = (await readWholeIfExists(place.store, 'ledger/head'))!.toString()
  // The place is added under another name, as advised; by then the first register's own ledger is longer.
  await destroyer.destroy(ids[0]!).catch(() => undefined)
  await register.seal()
  const again = openPlaces({
    ...{ db: database.as().db, keys: register.keys, ledgerCopies: [], recipient: recovery.recipient },
    now: () => Temporal.Now.instant(),
    backups: [{ name: `${place.name}-again`, at: { kind: 'folder', folder: place.folder }, site: 'server-room' }],
    sites: async () =>
      versionAt(await readVersions(database.as().db), Temporal.Now.instant()).description.storage.sites,
  })
  expect(await again.catchUp()).toMatchObject([
    { reached: false, fault: expect.stringContaining('not an earlier part of this one') as string },
  ])
  expect((await readWholeIfExists(place.store, 'ledger/head'))!.toString()).toBe(head)
})
