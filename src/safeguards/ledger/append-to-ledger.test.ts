import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import type { SafeguardTables } from '../tables.ts'
import { appendToLedger } from './append-to-ledger.ts'
import type { NewLedgerEntry } from './ledger-entry.ts'

const database = await createTestDatabase<SafeguardTables>()
const { db: admin, pool } = database.as()
const custodian = database.as('seloste_custodian').db
const desk = database.as('seloste_desk')

const newEntry = (id: string = randomUUID()): NewLedgerEntry => ({
  kind: 'recording',
  id,
  cause: 'caller',
  doneBy: 'sweep',
  detail: { monthKey: 'month-2027-03.v3' },
  targets: {
    places: [{ place: 'primary', reached: true }],
    receipts: [
      { store: 'file', key: 'month-2027-03.v3', at: '2026-11-26T00:00:00Z', proof: 'overwritten and removed' },
    ],
    objects: 4,
  },
})
const entriesAbout = async (id: string) =>
  (
    await pool.query<Record<'object_kind' | 'cause' | 'done_by', string> & { detail: unknown }>(
      'select object_kind, cause, done_by, detail from opened_entry where object_id = $1 order by seq',
      [id],
    )
  ).rows

describe('the ledger', () => {
  test('accepts an entry in the transaction of the destruction, and numbers it later', async () => {
    const id = randomUUID()
    await custodian.transaction().execute((tx) => appendToLedger(tx, [newEntry(id)]))
    expect(await entriesAbout(id)).toEqual([
      { object_kind: 'recording', cause: 'caller', done_by: 'sweep', detail: { monthKey: 'month-2027-03.v3' } },
    ])
    const { rows } = await pool.query(
      'select count(*)::integer as n from ledger_pending p join destruction_entry d using (seq) where d.object_id = $1',
      [id],
    )
    expect(rows).toEqual([{ n: 1 }])
  })

  test('has at most one entry for the destruction of a recording', async () => {
    const id = randomUUID()
    await appendToLedger(custodian, newEntry(id))
    await expect(appendToLedger(custodian, newEntry(id))).rejects.toThrow('destruction_entry_recording')
  })

  test.each<[string, Record<string, unknown>]>([
    ['a name', { doneBy: 'Aino Virtanen' }],
    ['content beside the ids', { detail: { caller: '+358401234567' } }],
    ['a cause that the description does not have', { cause: 'mistake' }],
    ['an invalid id', { id: 'aino' }],
    ['no object', { id: undefined }],
    ['an unknown kind', { kind: 'caller' }],
  ])('refuses %s, and appends nothing', async (_, change) => {
    const right = newEntry()
    await expect(
      appendToLedger(custodian, [right, { ...right, id: randomUUID(), ...change } as NewLedgerEntry]),
    ).rejects.toMatchObject({ code: 'ledger-entry-wrong' })
    expect(await entriesAbout('id' in right ? (right.id ?? '') : '')).toEqual([])
  })

  test('cannot be changed', async () => {
    await appendToLedger(custodian, newEntry())
    for (const change of [
      "update destruction_entry set cause = 'official'",
      'delete from destruction_entry',
      'truncate destruction_entry',
    ])
      await expect(pool.query(change)).rejects.toThrow('append-only')
    await expect(desk.pool.query('select from destruction_entry')).rejects.toThrow('permission denied')
    await expect(
      desk.pool.query(`select append_to_ledger('right', $1, 'revoked', '{}')`, [randomUUID()]),
    ).rejects.toThrow('permission denied')
  })
})

describe('the database appends each revocation itself:', () => {
  test('of a right that is revoked, or whose end becomes earlier', async () => {
    const { id: person } = await enterTestPerson(admin, desk.db, { name: 'Aino Virtanen' })
    const id = randomUUID()
    await pool.query(
      `insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, valid_to, origin)
       values ($1, $2, 'MAINTENANCE', '{MAINTENANCE}', 'all', now(), now() + interval '90 days', 'installation')`,
      [id, person],
    )
    await pool.query(`update access_right set valid_to = '2027-01-01T00:00:00Z' where id = $1`, [id])
    await pool.query('update access_right set revoked_at = now() where id = $1', [id])
    expect(await entriesAbout(id)).toMatchObject([
      { object_kind: 'right', cause: 'shortened', detail: { until: '2027-01-01T00:00:00.000000Z' } },
      { object_kind: 'right', cause: 'revoked' },
    ])
  })

  test('of a passkey, an authenticator and recovery codes', async () => {
    const { id: person } = await enterTestPerson(admin, desk.db, { name: 'Aino Virtanen' })
    const [passkey, totp] = [randomUUID(), randomUUID()]
    await pool.query(
      `insert into passkey (id, person_id, credential_id, public_key, counter, backed_up, name) values ($1, $2, $3, '\\x00', 0, false, 'key')`,
      [passkey, person, Buffer.alloc(16, person)],
    )
    await pool.query(`insert into totp (id, person_id, sealed, confirmed_at) values ($1, $2, '\\x00', now())`, [
      totp,
      person,
    ])
    await pool.query(`insert into recovery_code (person_id, hash) values ($1, '\\x01'), ($1, '\\x02')`, [person])
    await pool.query('update recovery_code set used_at = now() where person_id = $1 and hash = $2', [
      person,
      Buffer.from([1]),
    ])
    await pool.query('select drop_factors($1)', [person])
    expect(await entriesAbout(passkey)).toMatchObject([{ cause: 'removed', detail: { credential: 'passkey', person } }])
    expect(await entriesAbout(totp)).toMatchObject([{ cause: 'removed', detail: { credential: 'totp', person } }])
    expect(
      (await entriesAbout(person)).filter(({ detail }) => JSON.stringify(detail).includes('recovery')),
    ).toMatchObject([
      { object_kind: 'credential', cause: 'used' },
      { object_kind: 'credential', cause: 'removed' },
    ])
  })

  test('of a password that is changed, and of an employment that ends or is resumed', async () => {
    const { id: person } = await enterTestPerson(admin, desk.db, { name: 'Aino Virtanen' })
    await pool.query(`select save_password($1, 'salt', '\\x00', true)`, [person])
    await pool.query(`select save_password($1, 'salt', '\\x01', true)`, [person])
    await pool.query(`update person set employed_to = '2099-01-01T00:00:00Z' where id = $1`, [person])
    await pool.query('update person set employed_to = null where id = $1', [person])
    expect((await entriesAbout(person)).map(({ object_kind, cause }) => `${object_kind} ${cause}`).slice(-3)).toEqual([
      'credential changed',
      'employment ended',
      'employment resumed',
    ])
  })

  test('of a link that is used or voided, but not of an expired one, and of a token of an identity system', async () => {
    const { id: person } = await enterTestPerson(admin, desk.db, { name: 'Aino Virtanen' })
    const [used, voided, over, token] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
    for (const [id, ends] of [
      [used, '1 hour'],
      [voided, '1 hour'],
      [over, '-1 hour'],
    ])
      await pool.query(
        `insert into one_time_link (id, hash, person_id, made_at, expires_at) values ($1, sha256($4), $2, now() - interval '2 hours', now() + $3::interval)`,
        [id, person, ends, Buffer.from(id as string)],
      )
    await pool.query('update one_time_link set used_at = now() where id = $1', [used])
    await pool.query('delete from one_time_link where id = any ($1)', [[voided, over]])
    await pool.query(`insert into scim_token (id, hash, name) values ($1, sha256('a'), 'a')`, [token])
    await pool.query('update scim_token set revoked_at = now() where id = $1', [token])
    expect(await entriesAbout(used)).toMatchObject([{ object_kind: 'link', cause: 'used' }])
    expect(await entriesAbout(voided)).toMatchObject([{ object_kind: 'link', cause: 'voided' }])
    expect(await entriesAbout(over)).toEqual([])
    expect(await entriesAbout(token)).toMatchObject([{ object_kind: 'scim-token', cause: 'revoked' }])
  })
})
