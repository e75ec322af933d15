// R50, R52: a backup place that is unreachable when something ends, and is reachable again later; objects that capture
// delivers late; keys that are moved to the month of a new destruction day.
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { sweep } from '#destruction/retention/sweep.ts'
import { applyTerms } from '#destruction/retention/apply-terms.ts'
import { expungeRecordings, retryLateRemovals } from '#register/expunge.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import { bodyKey, headerKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { openMonth } from '#safeguards/places/keyring-file.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { backUpTo, openBackedUpRegister, openTestPlaces, recovery } from '../backup/open-backup.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { callOfMonthsAgo } from '../register/make-register.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
const { db: admin, pool } = database.as()
const custodian = database.as('seloste_custodian').db
const now = () => Temporal.Now.instant()

await register.makeRecordings(1)
await register.seal()
const place = await openTestPlaces(database, register)
const { expunging, forbid, destroy } = makeDestroyer(database, register, place.copies)

const entriesOf = (kind: string, object: string) =>
  admin
    .selectFrom('destruction_entry')
    .select(['object_kind', 'targets'])
    .where('object_kind', '=', kind as never)
    .where(sql<boolean>`coalesce(object_name, object_id::text) = ${object}`)
    .execute()
const pendingReplicaDeletes = async () =>
  (await admin.selectFrom('copy_owed').select(['object_kind', 'object']).execute()).map((one) => one.object_kind)
const monthOf = (id: string) =>
  admin.selectFrom('recording_key').select('expiry_month').where('recording_id', '=', id).executeTakeFirst()
async function objectsAt(id: string): Promise<string[]> {
  const found: string[] = []
  for await (const key of place.store.list('objects/')) if (key.includes(id)) found.push(key)
  return found
}

test('an unreachable place destroys once it is reachable again, even past the deadline, and the ledger records both', async () => {
  const [victim, neighbour] = [(await register.makeRecordings(1))[0]!, (await register.makeRecordings(1))[0]!]
  await backUpTo(register, place)
  expect((await objectsAt(victim.id)).length).toBeGreaterThan(0)
  await rename(place.folder, `${place.folder}-away`)

  await forbid(victim.id)
  const deadline = now().add({ seconds: 60 })
  const ending = { id: victim.id, cause: 'caller' as const, doneBy: 'test', deadline }
  const early = await expungeRecordings(expunging, [ending], now())
  expect(early).toMatchObject({ destroyed: [], waiting: [{ id: victim.id }], failures: [] })
  expect(early.waiting[0]!.why).toContain(place.name)

  const late = await expungeRecordings(expunging, [ending], deadline.add({ seconds: 1 }))
  expect(late.destroyed).toEqual([victim.id])
  const month = (await entriesOf('recording', victim.id))[0]!.targets as {
    places: object[]
    receipts: { key: string }[]
  }
  expect(month.places).toEqual([{ place: place.name, reached: false }])
  expect((await pendingReplicaDeletes()).toSorted()).toEqual(['month-key', 'recording'])
  const key = month.receipts[0]!.key

  // The place is still unreachable: nothing is recorded as done, and nothing is forgotten.
  await retryLateRemovals(expunging, now())
  expect(await pendingReplicaDeletes()).toHaveLength(2)

  await rename(`${place.folder}-away`, place.folder)
  expect((await objectsAt(victim.id)).length).toBeGreaterThan(0)
  await retryLateRemovals(expunging, now())
  expect(await pendingReplicaDeletes()).toEqual([])
  expect(await objectsAt(victim.id)).toEqual([])
  expect((await objectsAt(neighbour.id)).length).toBeGreaterThan(0)
  for (const object of [victim.id, key]) {
    const reached = await entriesOf('place-reached', object)
    expect(reached).toMatchObject([{ targets: { places: [{ place: place.name, reached: true }] } }])
  }
  // The place's keyring has the present version of the month key, and no other.
  const { expiry_month: held } = (await monthOf(neighbour.id))!
  const path = `keyring/${held.toString().slice(0, 7)}/month`
  const file = await place.store.readRange(path, 0, await place.store.sizeBytes(path))
  const { keys } = await openMonth(recovery.identity, file)
  const current = await admin
    .selectFrom('month_key')
    .select('version')
    .where('expiry_month', '=', held)
    .where('state', '=', 'current')
    .executeTakeFirstOrThrow()
  expect(keys.map(({ version }) => version)).toEqual([current.version])
  expect(key).not.toContain(`.v${current.version}`)
  // A second run records nothing more.
  await retryLateRemovals(expunging, now())
  expect(await entriesOf('place-reached', victim.id)).toHaveLength(1)
})

test('objects that capture delivers after the end are removed', async () => {
  const recorded = await register.record()
  await destroy(recorded.id)
  for (const [name, bytes] of [
    [headerKey(recorded.id), recorded.header],
    [bodyKey(recorded.id), recorded.body],
  ] as const) {
    const path = join(register.folder, 'late')
    await writeFile(path, bytes)
    await register.objects.moveIn(name, path)
  }
  const remainingObjects = async () => {
    const found: string[] = []
    for await (const key of register.objects.list(`recordings/${recorded.id}`)) found.push(key)
    return found.length
  }
  expect(await remainingObjects()).toBe(2)
  await retryLateRemovals(expunging, now())
  expect(await remainingObjects()).toBe(0)
})

test('a shorter term moves a recording’s key into the month of its new day, and both are destroyed there', async () => {
  const { id } = await register.record(callOfMonthsAgo(1))
  await ingestRecording(register.ingest, id, now())
  const before = { month: (await monthOf(id))!.expiry_month, key: await fileKeyOf(custodian, register.keys, id) }
  const { description } = versionAt(await readVersions(admin), now())
  const rules = description.recordingPlan.rules.map((rule) => ({ ...rule, recordingMonths: 3 }))
  await applyTerms(custodian, { ...description, recordingPlan: { ...description.recordingPlan, rules } }, now())
  await sweep(expunging, now())
  const after = (await monthOf(id))!.expiry_month
  expect(Temporal.PlainDate.compare(after, before.month)).toBe(-1)
  const { destroy_at: day } = await admin
    .selectFrom('recording')
    .select('destroy_at')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  expect(after.toString()).toBe(day!.toZonedDateTimeISO('UTC').toPlainDate().with({ day: 1 }).toString())
  expect(await fileKeyOf(custodian, register.keys, id)).toEqual(before.key)
})

test('a recording that an order keeps past its month has its key under a current month, and no key under the past month', async () => {
  const person = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Tuula' })
  const { id, contactId } = await register.record(callOfMonthsAgo(7))
  const { started_at: startedAt } = await admin
    .selectFrom('contact')
    .select('started_at')
    .where('id', '=', contactId)
    .executeTakeFirstOrThrow()
  const { rows } = await pool.query<{ id: string }>(
    `insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
     values ($1, $2, 'both', '806/2011 8:24', 'Poliisi', 'R/1', 'TURVA-1', now() + interval '1 month', $3) returning id`,
    [contactId, startedAt.toString(), person.id],
  )
  await ingestRecording(register.ingest, id, now())
  const month = (await monthOf(id))!.expiry_month
  const key = await fileKeyOf(custodian, register.keys, id)
  expect(key).toBeDefined()

  await sweep(expunging, now())
  const moved = (await monthOf(id))!.expiry_month
  expect(Temporal.PlainDate.compare(moved, now().toZonedDateTimeISO('UTC').toPlainDate())).toBe(1)
  expect(await fileKeyOf(custodian, register.keys, id)).toEqual(key)
  const alive = await admin
    .selectFrom('month_key')
    .select('version')
    .where('expiry_month', '=', month)
    .where('state', '<>', 'destroyed')
    .execute()
  expect(alive).toEqual([])

  await pool.query('update preservation_order set ended_at = clock_timestamp() where id = $1', [rows[0]!.id])
  await sweep(expunging, now())
  const gone = await admin
    .selectFrom('recording')
    .select(['state', 'cause'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  expect(gone).toEqual({ state: 'DESTROYED', cause: 'hold-end' })
  expect(await fileKeyOf(custodian, register.keys, id)).toBeUndefined()
})
