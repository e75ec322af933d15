/**
 * Keys of a restored register (R52): each comes back or is reported as missing; keys of destroyed recordings do not
 * come back.
 */
import { rename, rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { openRecordingBody } from '#register/recordings/open-recording.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { monthKeyName } from '#safeguards/keys/month-keys.ts'
import { finishExpunctions } from '#register/expunge.ts'
import { withoutCopies } from '#safeguards/places/copies.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { backUpTo, emptyMachine, openBackedUpRegister, openTestPlaces, restoreFrom } from './open-backup.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)

type Machine = Awaited<ReturnType<typeof emptyMachine>>

async function canDecrypt(machine: Machine, id: string): Promise<boolean> {
  const key = await fileKeyOf(machine.target.db, machine.keys, id)
  return (
    key !== undefined && (await openRecordingBody(machine.target.objects, id, key).catch(() => undefined)) !== undefined
  )
}

async function stateOf(machine: Machine, id: string): Promise<unknown> {
  const { rows } = await machine.pool.query('select state, cause from recording where id = $1', [id])
  return rows[0]
}

test('a destruction in progress when the machine was lost is completed after the restore, even if it has no ledger entry', async () => {
  const [first, second, held] = await register.makeRecordings(3)
  await register.seal()
  const place = await openTestPlaces(database, register)
  await backUpTo(register, place)
  // Its keys have left the keyring, but no copy of the ledger has the destruction.
  await makeDestroyer(database, register, place.copies).destroy(first!.id)
  const stopped = { ...place.copies, deleteObjects: () => Promise.reject(new Error('the machine is lost')) }
  await makeDestroyer(database, register, stopped).destroy(second!.id)

  const machine = await emptyMachine()
  await restoreFrom(machine, place)
  for (const { id } of [first!, second!]) {
    expect(await stateOf(machine, id)).toEqual({ state: 'DESTROYING', cause: 'caller' })
    expect(await canDecrypt(machine, id)).toBe(false)
  }
  expect(await canDecrypt(machine, held!.id)).toBe(true)
  const { db, objects, keys } = machine.target
  const expunging = { db: db as never, objects, keys, copies: withoutCopies, workFolder: machine.folder }
  const ended = await finishExpunctions(expunging, Temporal.Now.instant())
  expect(ended.destroyed.sort()).toEqual([first!.id, second!.id].sort())
})

test('a lost or unreadable shard stops the restore with the shard’s name, and is skipped if the operator orders so', async () => {
  const [held] = await register.makeRecordings(1)
  await register.seal()
  const place = await openTestPlaces(database, register)
  await backUpTo(register, place)
  const { rows } = await database
    .as()
    .pool.query<{ shard: number; month: string }>(
      "select shard, to_char(expiry_month, 'YYYY-MM') as month from recording_key where recording_id = $1",
      [held!.id],
    )
  const name = `keyring/${rows[0]!.month}/${rows[0]!.shard}`
  const whole = await place.store.readRange(name, 0, await place.store.sizeBytes(name))
  const machine = await emptyMachine()
  const others = Buffer.from(whole.toString('latin1').replace(/ [A-Za-z0-9+/]{10}/, ' AAAAAAAAAA'), 'latin1')
  for (const broken of [others, undefined]) {
    if (broken) await place.store.put(name, broken)
    else await place.store.delete(name)
    await expect(restoreFrom(machine, place)).rejects.toMatchObject({
      code: 'restore-keyring',
      message: expect.stringContaining(`${name} cannot be decrypted. The register stays closed`),
    })
  }
  const restored = await restoreFrom(machine, place, { acceptLostKeys: true })
  expect(restored.withoutKey).toContain(held!.id)
})

test('month keys that an unreachable place kept are replaced and destroyed before the restored register opens', async () => {
  const [gone, held] = await register.makeRecordings(2)
  await register.seal()
  const place = await openTestPlaces(database, register)
  const { manifest } = await backUpTo(register, place)
  const before = await versionOf(gone!.id)
  await rename(`${place.folder}/keyring`, `${place.folder}/keyring-away`)
  await makeDestroyer(database, register, place.copies).destroy(gone!.id)
  await register.seal()
  await place.copies.shipLedger()
  // Simulates a place that was unreachable: it has the ledger, but old keys.
  await rm(`${place.folder}/keyring`, { recursive: true })
  await rename(`${place.folder}/keyring-away`, `${place.folder}/keyring`)

  const machine = await emptyMachine()
  const restored = await restoreFrom(machine, place, { backup: manifest.id })
  expect(restored.renewedKeys).toContain(before)
  expect(await machine.keys.has(before)).toBe(false)
  expect(await canDecrypt(machine, gone!.id)).toBe(false)
  expect(await canDecrypt(machine, held!.id)).toBe(true)
})

async function versionOf(id: string): Promise<string> {
  const { rows } = await database.as().pool.query<{ month: Temporal.PlainDate; version: number }>(
    `select expiry_month as month, month_key_version as version from recording_key join shard_key using (expiry_month, shard)
       where recording_id = $1`,
    [id],
  )
  return monthKeyName(rows[0]!.month, rows[0]!.version)
}
