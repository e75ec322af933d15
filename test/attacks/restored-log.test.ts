// R21: the administrator of the database deletes log entries, or the custodian finds the log broken; then the night's
// backup is made, and the database is lost. The restore must not accept every missing entry as lost after the backup,
// nor every open break, or the log would count as whole.
import { expect, test } from 'vitest'
import { appendAudit } from '#safeguards/audit/append.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { createSequencer } from '#safeguards/audit/sequencer.ts'
import { copyLogHashes } from '#safeguards/backup/log-hashes.ts'
import { makeBackup } from '#safeguards/backup/make-backup.ts'
import { sealLedger } from '#safeguards/ledger/seal-ledger.ts'
import { bodyKey, replicatedObjects } from '#register/recordings/objects.ts'
import { findingKinds, recordBreak, openBreak } from '#safeguards/audit/findings.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import {
  backUpTo,
  drawKey,
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

async function withoutGuards(guard: string, ...statements: string[]): Promise<void> {
  await pool.query(`alter table ${guard} disable trigger user`)
  for (const statement of statements) await pool.query(statement)
  await pool.query(`alter table ${guard} enable trigger user`)
}

/** Appends entries after a backup; the place has their hashes. */
async function appendEntries(place: Awaited<ReturnType<typeof openTestPlaces>>): Promise<void> {
  await register.makeRecordings(1)
  await register.seal()
  await place.shipLog()
}

test('an entry deleted before the backup is not accepted as lost by the restore: the log is broken', async () => {
  const place = await openTestPlaces(database, register)
  await register.seal()
  await pool.query(
    'create schema aside; create table aside.entry as select * from audit_entry e where seq = (select seq from audit_leaf where index = 1)',
  )
  await withoutGuards('audit_entry', 'delete from audit_entry where seq in (select seq from aside.entry)')
  const { manifest } = await backUpTo(register, place)
  // In a long log sequencing continues, because the check that runs every second does not get as far as the missing
  // entry. This log is short, so the entry is put back until sequencing is done.
  const columns = (
    await pool.query<{ columns: string }>(
      "select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute where attrelid = 'audit_entry'::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
    )
  ).rows[0]!.columns
  await withoutGuards(
    'audit_entry',
    `insert into audit_entry (${columns}) overriding system value select ${columns} from aside.entry`,
    'delete from audit_pending where seq in (select seq from aside.entry)',
  )
  await pool.query('drop schema aside cascade')
  await appendEntries(place)
  const machine = await emptyMachine()
  const restored = await restoreFrom(machine, place, { backup: manifest.id })
  expect(restored.lostEntries.length).toBeGreaterThan(0)
  expect(restored.lostEntries.join()).not.toMatch(/^1\b/)
  const found = await openBreak(machine.db)
  expect(found?.findings).toEqual([expect.objectContaining({ kind: 'entry-missing', index: 1 })])
})

test('a break that was open at the backup stays open after the restore', async () => {
  const place = await openTestPlaces(database, register)
  await register.seal()
  const finding = { kind: 'entry-altered' as const, index: 0 }
  expect(findingKinds).toHaveProperty(finding.kind)
  await recordBreak(db, [finding])
  const { manifest } = await backUpTo(register, place)
  await pool.query('delete from audit_break where accepted_at is null')
  await appendEntries(place)
  const machine = await emptyMachine()
  await restoreFrom(machine, place, { backup: manifest.id })
  expect((await openBreak(machine.db))?.findings).toEqual([finding])
})

test('entries lost by an earlier restore are not a break after the next restore', async () => {
  const place = await openTestPlaces(database, register)
  await register.seal()
  const { manifest } = await backUpTo(register, place)
  await appendEntries(place)
  const first = await emptyMachine()
  expect((await restoreFrom(first, place, { backup: manifest.id })).lostEntries.length).toBeGreaterThan(0)
  const { db: restored, keys, log, ledger, target, url } = first
  const seal = async () => {
    await createSequencer({ db: restored, keys, folder: log, instance: () => 'B' }).sequence(
      new AbortController().signal,
    )
    await sealLedger({ db: restored, keys, folder: ledger })
  }
  const source = {
    url,
    db: restored,
    objects: target.objects,
    objectsOf: replicatedObjects,
    bodyOf: bodyKey,
    keys,
    drawKey,
    program: 'test',
  }
  const nothing = () => Promise.resolve()
  const to = { name: place.name, store: place.store, renewCopies: nothing, reach: nothing }
  const options = { recipient: recovery.recipient, rotationDays: 30, onProgress: () => undefined }
  await seal()
  const second = await makeBackup(source, to, options)
  await appendAudit(restored, { action: 'place.left', result: 'ok', object: { kind: 'place' }, detail: {} })
  await seal()
  await copyLogHashes(restored, (await readLogKey(keys))!, place.store)
  const machine = await emptyMachine()
  expect((await restoreFrom(machine, place, { backup: second.manifest.id })).lostEntries).toHaveLength(1)
  expect(await openBreak(machine.db)).toBeUndefined()
})
