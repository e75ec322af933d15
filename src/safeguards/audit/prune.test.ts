import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openTestLog } from '#test/audit/open-log.ts'
import { enterPerson } from '../people/enter-person.ts'
import type { SafeguardTables } from '../tables.ts'

const database = await createTestDatabase<SafeguardTables>()
const admin = database.as()
const log = await openTestLog(database)

const count = async (item: string) =>
  (await admin.pool.query<{ n: number }>(`select count(*)::int as n from ${item}`)).rows[0]?.n

describe('pruning', () => {
  test('removes entries older than the term in whole tiles, keeps their hashes, and is logged', async () => {
    await enterPerson(admin.db, {
      userId: 'aino',
      name: 'Aino',
      employedFrom: Temporal.Now.instant(),
      password: 'a password of long ago',
    })
    await admin.pool.query(`
      set session_replication_role = replica;
      update audit_entry set at = now() - interval '70 months';
      set session_replication_role = default`)
    await admin.pool.query(`
      insert into audit_entry (at, action, result, detail)
      select now() - interval '1 month' * (60 - n / 20.0), 'contact.read', 'ok', '{}' from generate_series(1, 1200) n`)
    await admin.pool.query(`
      insert into audit_entry (at, action, result, detail) values
        (now() - interval '5 years', 'description.approved', 'ok', '{"version": 7, "hash": "abc"}')`)
    // A sign-in of last month with that password.
    await admin.pool.query(`
      insert into audit_entry (person_id, action, result, detail)
      select p.id, 'session.started', 'ok', verifiers_detail(p.id) from person p`)
    await log.sequence()
    const leaves = await count('audit_leaf')
    expect(await log.prune(null)).toBe(0)

    // Nothing was signed a day ago, as after a clock that has just jumped ahead: nothing is pruned.
    expect(await log.prune(36)).toBe(0)
    // The entry of the installation and entries 1 to 480 above are 36 months or older: one whole tile of 256.
    await admin.pool.query("update audit_checkpoint set signed_at = now() - interval '2 days'")
    expect(await log.prune(36)).toBe(256)
    expect(await log.prune(36)).toBe(0)
    expect(await log.prune(24)).toBe(256)
    expect(await count('audit_leaf')).toBe(leaves)
    const { rows } = await admin.pool.query(
      "select detail - 'before' - 'signature' as detail from audit_entry where action = 'log.pruned' order by seq",
    )
    expect(rows.map((row: { detail: unknown }) => row.detail)).toEqual([
      { minimumIndex: 256, entries: 256, months: 36 },
      { minimumIndex: 512, entries: 256, months: 24 },
    ])
    expect(await log.sequence()).not.toHaveProperty('broken')
    expect(await log.sequence()).toEqual({ signed: undefined })
  })

  test('repeats the digests of what people sign in with, each as of its pruned entry', async () => {
    const { rows } = await admin.pool.query(
      `select (e.detail ->> 'since')::bigint < (select min(seq) from audit_entry) as earlier, e.detail ->> 'verifiers' is not null as has
       from audit_entry e where action = 'credential.recorded'`,
    )
    expect(rows).toEqual([{ earlier: true, has: true }])
    const found = await admin.pool.query(`select stored, used from strange_verifiers(0, '{}')`)
    expect(found.rows).toEqual([{ stored: [], used: [] }])
    await admin.pool.query(`
      set session_replication_role = replica;
      delete from audit_entry where action = 'credential.recorded';
      set session_replication_role = default`)
    const without = await admin.pool.query(
      `select cardinality(stored) as stored, cardinality(used) as used from strange_verifiers(0, '{}')`,
    )
    expect(without.rows).toEqual([{ stored: 1, used: 1 }])
  })

  test('never goes below two years, and is for the custodian only', async () => {
    const custodian = database.as('seloste_custodian').pool
    await expect(custodian.query(`select prune_audit('{"months": 23}')`)).rejects.toThrow('24 months')
    for (const role of ['seloste_desk', 'seloste_capture']) {
      await expect(database.as(role).pool.query(`select prune_audit('{}')`)).rejects.toThrow('permission denied')
    }
    await expect(database.as('seloste_custodian').pool.query('delete from audit_entry')).rejects.toThrow(
      'permission denied',
    )
    await expect(admin.pool.query('delete from audit_entry')).rejects.toThrow('append-only')
    await expect(admin.pool.query('delete from audit_leaf')).rejects.toThrow('append-only')
  })

  test('keeps the content of a description’s announcement', async () => {
    const { rows } = await admin.pool.query('select version from announced_versions() order by version')
    expect(rows).toEqual([{ version: 1 }, { version: 7 }])
  })

  test('thins out checkpoints: all of the last hour, one a minute of the week before, then one an hour', async () => {
    await admin.pool.query('delete from audit_checkpoint where size > 0')
    const at = (interval: string, second: number) =>
      `date_trunc('hour', now()) - interval '${interval}' + interval '${second} seconds'`
    const rows = [
      [2001, at('10 days', 10)],
      [2002, at('10 days', 3590)],
      [2003, at('3 days', 10)],
      [2004, at('3 days', 50)],
      [2005, at('3 days', 70)],
      [2006, "now() - interval '2 seconds'"],
      [2007, "now() - interval '1 second'"],
    ]
    for (const [size, when] of rows) {
      await admin.pool.query(`insert into audit_checkpoint values (${size}, sha256('x'), 'note', ${when})`)
    }
    await log.prune(null)
    const left = await admin.pool.query<{ size: number }>(
      'select size from audit_checkpoint where size > 2000 order by size',
    )
    expect(left.rows.map(({ size }) => Number(size))).toEqual([2002, 2004, 2005, 2006, 2007])
  })
})
