/** A copied backup place reveals from its destruction ledger what ended, and nobody's identity (R52, decision 107). */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { writeVerifierKey } from '#safeguards/audit/note.ts'
import { readVerifierKey, type VerifierKey } from '#safeguards/audit/verify/signed-note.ts'
import { verifyDatabase } from '#safeguards/audit/verify/verify-database.ts'
import {
  backUpTo,
  emptyMachine,
  openBackedUpRegister,
  openTestPlaces,
  restoredAfter,
  restoreFrom,
} from '../backup/open-backup.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { servedRequest } from '../requests/served-request.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
await register.makeRecordings(1)
await register.seal()
const { db: admin, pool } = database.as()
const desk = database.as('seloste_desk').db
const person = (name: string) => enterTestPerson(admin, desk, { name })
const none = { kind: 'none' as const, units: [], numbers: [] }

async function filesOf(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(await Promise.all(files.map(async (name) => [name, await readFile(name, 'latin1')] as const)))
}

test('refuses to restore without the contents of an entry made after the backup: destroyed data could come back', async () => {
  const bertil = await person('Bertil')
  const { place } = await restoredAfter(database, register, async () => {
    await sql`update person set employed_to = now() where id = ${bertil.id}`.execute(admin)
  })
  const deleteSealed = async () => {
    for await (const key of place.store.list('ledger/sealed/')) await place.store.delete(key)
  }
  await deleteSealed()
  await expect(restoreFrom(await emptyMachine(), place)).rejects.toMatchObject({ code: 'restore-ledger' })
  // The custodian writes missing contents again, and later also damaged ones. A backup made after the entries does not
  // need their contents.
  await place.copies.shipLedger()
  for await (const key of place.store.list('ledger/sealed/')) await place.store.put(key, Buffer.from('damaged'))
  for await (const key of place.store.list('ledger/entries/')) {
    const bytes = Buffer.from(await place.store.readRange(key, 0, await place.store.sizeBytes(key)))
    bytes[100]! ^= 1
    await place.store.put(key, bytes)
  }
  for (let turn = 0; turn < 30; turn++) await place.copies.shipLedger()
  expect((await restoreFrom(await emptyMachine(), place)).ledger).toMatchObject({ employments: 1 })
  await backUpTo(register, place)
  await deleteSealed()
  await restoreFrom(await emptyMachine(), place)
})

test('an altered or deleted content is detected, an altered one is not shown, and a restore reads the original from a backup place', async () => {
  const [leaver, other] = [await person('Lahtija'), await person('Toinen')]
  const place = await openTestPlaces(database, register)
  await register.seal()
  const { manifest } = await backUpTo(register, place)
  await sql`update person set employed_to = now() where id = ${leaver.id}`.execute(admin)
  await register.seal()
  await place.copies.shipLedger()
  const key = readVerifierKey(writeVerifierKey((await readLogKey(register.keys))!)) as VerifierKey
  const found = async () => {
    const report = await admin
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((tx) => verifyDatabase(tx, { keys: { log: key, witnesses: [] } }))
    return report.problems.filter(({ code }) => code === 'ledger-altered').map(({ message }) => message)
  }
  expect(await found()).toEqual([])
  const alter = `update ledger_content set content = jsonb_set(content::jsonb, '{doneBy}', '"${other.id}"')`
  await expect(pool.query(alter)).rejects.toThrow('append-only')
  await expect(pool.query('delete from ledger_content')).rejects.toThrow('35 days')
  // The database's owner disables the guards.
  const asOwner = (change: string) =>
    pool.query(`begin; set local session_replication_role = replica; ${change}; commit`)
  await asOwner(alter)
  expect(await found()).toContainEqual(expect.stringContaining('was altered') as string)
  const text = await sql`select from opened_entry where done_by = ${other.id}`.execute(admin)
  expect(text.rows).toEqual([])
  await asOwner('delete from ledger_content')
  expect(await found()).toContainEqual(expect.stringContaining('was deleted') as string)
  await place.copies.catchUp()
  const { ledger } = await restoreFrom(await emptyMachine(), place, { backup: manifest.id })
  expect(ledger).toMatchObject({ employments: 1 })
})

test('the ledger in a place names no official, call, request or order, and what a restore needs of them is deleted with the backups that need it', async () => {
  const [aino, bertil, pia] = [await person('Aino'), await person('Bertil'), await person('Pia')]
  const right = { role: 'DECISION_MAKER' as const, purposes: [], scope: none }
  const riitta = await (await enterTestPerson(admin, desk, { name: 'Riitta', right })).signIn()
  const [call] = await register.makeRecordings(1)
  await sql`update segment set official_person_id = ${aino.id}, official_name = 'Aino' where id = ${call!.segmentId}`.execute(
    admin,
  )
  const rectify = await servedRequest(admin, { clerkId: pia.id, kinds: ['RECTIFY'], contacts: [call!.contactId] })
  const secrets = [aino.id, bertil.id, pia.id, call!.contactId, call!.segmentId, call!.id, rectify.id]
  const { place, restored } = await restoredAfter(database, register, async () => {
    const request = await servedRequest(admin, {
      ...{ clerkId: pia.id, kinds: ['RESTRICTION'], contacts: [call!.contactId] },
      ...{ party: 'OFFICIAL', officialId: aino.id },
    })
    secrets.push(request.id, request.number)
    const { rows } = await sql<{ id: string }>`
      insert into correction (request_id, segment_id, contact_id, contact_started_at, was_person_id, becomes_person_id, becomes_unit_id, proposed_by)
      select ${rectify.id}::uuid, id, contact_id, contact_started_at, official_person_id, ${bertil.id}::uuid, ${bertil.unitId}::uuid, ${pia.id}::uuid
      from segment where id = ${call!.segmentId} returning id`.execute(admin)
    await inSession(desk, { 'seloste.session': riitta.token }, (tx) =>
      sql`select decide_correction(${rows[0]!.id}::uuid, 'APPROVED')`.execute(tx),
    )
    await sql`update person set employed_to = now() where id = ${bertil.id}`.execute(admin)
  })
  expect(restored.ledger).toMatchObject({ corrections: 1, restrictions: 1, employments: 1 })
  const ledger = await filesOf(join(place.folder, 'ledger'))
  expect([...ledger.keys()].some((name) => name.includes('entries/'))).toBe(true)
  const leaked = [...ledger].flatMap(([name, text]) =>
    secrets.filter((secret) => text.includes(secret)).map(() => name),
  )
  expect(leaked).toEqual([])

  const backdate = (entries: string) =>
    pool.query(`
      begin; set local session_replication_role = replica;
      update destruction_entry set at = at - interval '36 days' where ${entries}; commit`)
  const pruneContent = async () =>
    (await pool.query<{ n: number }>('select prune_ledger_content()::int as n')).rows[0]!.n
  // An entry made while the clock was behind.
  await backdate('seq = (select max(seq) from ledger_content)')
  expect(await pruneContent()).toBe(0)
  // After 36 days no backup that needs the contents is left.
  await backdate('seq < (select max(seq) from ledger_content)')
  expect(await pruneContent()).toBeGreaterThan(3)
  for await (const key of place.store.list('ledger/sealed/')) {
    const then = key.replace(/\d{4}-\d\d-\d\d/, (day) => Temporal.PlainDate.from(day).subtract({ days: 36 }).toString())
    await place.store.put(then, await place.store.readRange(key, 0, await place.store.sizeBytes(key)))
    await place.store.delete(key)
  }
  expect((await pool.query('select from ledger_content')).rowCount).toBe(0)
  await place.copies.shipLedger()
  const after = await filesOf(join(place.folder, 'ledger'))
  expect([...after.keys()].filter((name) => name.includes('sealed/'))).toEqual([])
})
