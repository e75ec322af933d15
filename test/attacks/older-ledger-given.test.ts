// R52: the ledger has two copies. One becomes unreachable after the nightly backup, so it lacks the next day's entries, and
// the machine is lost that evening. A restore that is given this older copy must add the missing entries from the other
// copy, or the day's revocations and restrictions are lost. It must not refuse the given copy because the other has damaged
// entries or is a longer ledger of another register, such as a drill's.
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { appendToLedger } from '#safeguards/ledger/append-to-ledger.ts'
import { sealLedger } from '#safeguards/ledger/seal-ledger.ts'
import { openPlaces } from '#safeguards/places/places.ts'
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
  type TestPlace,
} from '../backup/open-backup.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
await register.makeRecordings(1)
await register.seal()
const { db } = database.as()

async function copyLedger({ store }: TestPlace, to: string, into: Pick<TestPlace, 'store'> = { store }): Promise<void> {
  for await (const key of store.list('ledger/')) {
    await into.store.put(to + key.slice('ledger/'.length), await store.readRange(key, 0, await store.sizeBytes(key)))
  }
}

test('completes an older copy of the ledger from the one in the place that continues it', async () => {
  const leaver = await enterTestPerson(db, database.as('seloste_desk').db, { name: 'Aino' })
  const place = await openTestPlaces(database, register)
  await register.seal()
  const { manifest } = await backUpTo(register, place)
  await copyLedger(place, 'away/')
  await sql`update person set employed_to = now() where id = ${leaver.id}`.execute(db)
  await register.seal()
  await place.copies.shipLedger()
  const older = await restoreFrom(await emptyMachine(), place, { backup: manifest.id, ledger: 'away/' })
  expect(older).toMatchObject({ completedLedger: manifest.ledger!.size, ledger: { employments: 1 } })
  // In the place a day's content is damaged. The other copy has that content but lacks the last entry, which names
  // nobody.
  await copyLedger(place, 'kept/')
  await appendToLedger(db, { kind: 'intake-key', name: 'v99', cause: 'renewed', doneBy: 'sweep', detail: {} })
  await register.seal()
  await place.copies.shipLedger()
  for await (const key of place.store.list('ledger/sealed/')) await place.store.put(key, Buffer.from('damaged'))
  const both = await restoreFrom(await emptyMachine(), place, { backup: manifest.id, ledger: 'kept/' })
  expect(both).toMatchObject({
    completedLedger: manifest.ledger!.size + 1,
    ledger: { employments: 1 },
  })
  // A lost or broken ledger in the place is ignored.
  for await (const key of place.store.list('ledger/entries/')) await place.store.delete(key)
  const withoutPlaceLedger = await restoreFrom(await emptyMachine(), place, { backup: manifest.id, ledger: 'away/' })
  expect(withoutPlaceLedger).toMatchObject({ completedLedger: undefined, ledger: { employments: 0 } })
})

test('takes the lost register’s ledger even if a drill has taken over the place and has a longer ledger there', async () => {
  const people = []
  for (const name of ['Aino', 'Bertil', 'Cecilia'])
    people.push((await enterTestPerson(db, database.as('seloste_desk').db, { name })).id)
  const [place, other] = [await openTestPlaces(database, register), await openTestPlaces(database, register)]
  await register.seal()
  const { manifest } = await backUpTo(register, place)
  await place.copies.catchUp()
  const machine = await emptyMachine()
  await restoreFrom(machine, place)
  const drillPlaces = openPlaces({
    ...{ db: machine.db, keys: machine.keys, ledgerCopies: [], recipient: recovery.recipient },
    backups: [{ name: place.name, at: { kind: 'folder', folder: place.folder }, site: 'server-room' }],
    now: () => Temporal.Now.instant(),
    sites: async () => versionAt(await readVersions(machine.db), Temporal.Now.instant()).description.storage.sites,
  })
  for (const id of people.slice(1))
    await machine.pool.query('update person set employed_to = now() where id = $1', [id])
  await sealLedger({ db: machine.db, keys: machine.keys, folder: machine.ledger })
  expect(await drillPlaces.catchUp()).toMatchObject([{ reached: true }])
  // The first register continues; only its other copy has the end of employment entered now.
  await sql`update person set employed_to = now() where id = ${people[0]!}`.execute(db)
  await register.seal()
  expect(await other.copies.catchUp()).toMatchObject([{ reached: true }])
  await copyLedger(other, 'first/', place)
  const again = await emptyMachine()
  const { takenOverAt } = await restoreFrom(again, place, { backup: manifest.id, ledger: 'first/' })
  // The restore warns that the ledger in the place may be a drill's.
  expect(Date.parse(takenOverAt ?? '')).toBeGreaterThan(Date.parse(manifest.finishedAt))
  const { rows } = await again.pool.query('select id from person where id = any ($1) and employed_to is not null', [
    people,
  ])
  expect(rows).toEqual([{ id: people[0] }])
})
