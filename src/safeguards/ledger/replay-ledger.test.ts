import { randomUUID } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openTestLedger } from '#test/audit/open-ledger.ts'
import { createTestDatabase, type TestDatabase } from '#test/database/create-test-database.ts'
import { openLogFolder } from '../audit/log-folder.ts'
import { openKeyFolder } from '../keys/key-folder.ts'
import type { SafeguardTables } from '../tables.ts'
import { readLedgerCopy } from './read-ledger-copy.ts'
import { replayLedger } from './replay-ledger.ts'
import { sealLedger } from './seal-ledger.ts'
import { importLedgerCopy } from './import-ledger-copy.ts'

const running = await createTestDatabase<SafeguardTables>()
const fresh = await createTestDatabase<SafeguardTables>()
const shorter = await createTestDatabase<SafeguardTables>()
const ledger = await openTestLedger(running)

const id = () => randomUUID()
const ids = {
  leaver: id(),
  stayer: id(),
  security: id(),
  contact: id(),
  over: id(),
  segment: id(),
  forbidden: id(),
  waiting: id(),
  kept: id(),
  heldContact: id(),
  right: id(),
  other: id(),
  passkey: id(),
  totp: id(),
  used: id(),
  voided: id(),
  token: id(),
  order: id(),
  endedOrder: id(),
}

/** Inserts the rows of the backup. */
async function fill({ as }: TestDatabase<SafeguardTables>) {
  const { pool } = as()
  await pool.query(
    `insert into person (id, user_id, employed_from, password_salt, password_check, password_set_at)
     select unnest, 'p.' || unnest, now() - interval '1 year', 'salt', '\\x00', now() - interval '1 month' from unnest($1::uuid[])`,
    [[ids.leaver, ids.stayer, ids.security]],
  )
  await pool.query(
    `insert into contact (id, started_at, caller_kind, number_called, number_kind, history_ends_at)
     values ($1, now() - interval '1 day', 'withheld', '029512000', 'NATIONAL_SERVICE', now() + interval '13 months'),
       ($2, now() - interval '15 months', 'withheld', '029512000', 'NATIONAL_SERVICE', now() - interval '1 month')`,
    [ids.contact, ids.over],
  )
  await pool.query(
    `insert into segment (id, contact_id, contact_started_at, seq, number_reached, decision_record, decision_reason)
     select $1, id, started_at, 1, number_called, true, 'drawn' from contact where id = $2`,
    [ids.segment, ids.contact],
  )
  await pool.query(
    `insert into recording (id, segment_id, contact_id, contact_started_at, state, started_at, intake_day, recording_months,
       min_keep_until, destroy_at, sha256, kept_at)
     select $1, $2, id, started_at, 'STORED', started_at, current_date, 6, now() + interval '3 months',
       now() + interval '5 months', '\\x00', now() from contact where id = $3`,
    [ids.forbidden, ids.segment, ids.contact],
  )
  await pool.query(
    `insert into recording (id, segment_id, contact_id, contact_started_at, state, started_at, intake_day, recording_months,
       min_keep_until, destroy_at, kept_at)
     select $1, gen_random_uuid(), id, started_at, 'STORED', started_at, current_date, 6, now() + interval '3 months',
       now() + interval '5 months', now() from contact where id = $2`,
    [ids.waiting, ids.contact],
  )
  // A recording kept by an order that was renewed until the call's history had ended.
  await pool.query(
    `insert into recording (id, segment_id, contact_id, contact_started_at, state, started_at, intake_day, recording_months,
       min_keep_until, destroy_at, kept_at)
     select $1, gen_random_uuid(), id, started_at, 'RESTRICTED', started_at, current_date, 6, started_at + interval '3 months',
       started_at + interval '6 months', started_at from contact where id = $2`,
    [ids.kept, ids.over],
  )
  await pool.query(
    `insert into recording_key (recording_id, expiry_month, shard, wrapped) values ($1, '2027-03-01', 1, '\\x00')`,
    [ids.forbidden],
  )
  await pool.query(
    `insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, valid_to, origin)
     select unnest, $2, 'MAINTENANCE', '{MAINTENANCE}', 'all', now(), '2030-01-01', 'installation' from unnest($1::uuid[])`,
    [[ids.right, ids.other], ids.stayer],
  )
  await pool.query(
    `insert into passkey (id, person_id, credential_id, public_key, counter, backed_up, name) values ($1, $2, $3, '\\x00', 0, false, 'key')`,
    [ids.passkey, ids.stayer, Buffer.alloc(16)],
  )
  await pool.query(`insert into totp (id, person_id, sealed, confirmed_at) values ($1, $2, '\\x00', now())`, [
    ids.totp,
    ids.stayer,
  ])
  await pool.query(`insert into recovery_code (person_id, hash) values ($1, '\\x01')`, [ids.stayer])
  await pool.query(
    `insert into one_time_link (id, hash, person_id, expires_at)
     select unnest, sha256(unnest::text::bytea), $2, now() + interval '1 hour' from unnest($1::uuid[])`,
    [[ids.used, ids.voided], ids.leaver],
  )
  await pool.query(`insert into scim_token (id, hash, name) values ($1, sha256('a'), 'a')`, [ids.token])
  await pool.query(
    `insert into preservation_order (id, contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
     values ($1, $2, now() - interval '1 day', 'both', 'p', 'a', 'o', 'r', now() + interval '1 month', $3)`,
    [ids.endedOrder, ids.heldContact, ids.security],
  )
}

/** Makes changes after the backup. */
async function changeAfterBackup() {
  const { pool } = running.as()
  await pool.query(
    `begin;
     set local session_replication_role = replica;
     update recording set state = 'DESTROYED', cause = 'caller', destroyed_at = now() where id = '${ids.forbidden}';
     commit`,
  )
  await ledger.append(
    {
      kind: 'recording',
      id: ids.forbidden,
      cause: 'caller',
      doneBy: 'destroyer',
      detail: {},
      targets: { places: [{ place: 'primary', reached: true }] },
    },
    { kind: 'month-key', name: 'month-2027-03.v1', cause: 'renewed', doneBy: 'destroyer', detail: {} },
    { kind: 'month-key', name: 'month-2027-04.v1', cause: 'renewed', doneBy: 'destroyer', detail: {} },
    { kind: 'intake-key', name: '2026-11-10', cause: 'retention', doneBy: 'destroyer', detail: {} },
  )
  // Prohibitions entered by a person who was added after the backup. One of the recordings is not destroyed yet.
  const clerk = id()
  await pool.query(`insert into person (id, user_id, employed_from) values ($1, 'clerk', now() - interval '1 day')`, [
    clerk,
  ])
  await pool.query(
    `insert into prohibition (recording_id, party, channel, entered_by) select unnest($1::uuid[]), 'CALLER', 'LETTER', $2`,
    [[ids.waiting, ids.forbidden], clerk],
  )
  const { stayer, leaver } = ids
  for (const [statement, values] of [
    [`update access_right set revoked_at = now(), revoke_cause = 'approver' where id = $1`, [ids.right]],
    [`update access_right set valid_to = '2027-01-01' where id = $1`, [ids.other]],
    ['select drop_factors($1)', [stayer]],
    [`select save_password($1, 'salt', '\\x02', true)`, [stayer]],
    ['update one_time_link set used_at = now() where id = $1', [ids.used]],
    ['delete from one_time_link where id = $1', [ids.voided]],
    ['update scim_token set revoked_at = now() where id = $1', [ids.token]],
    ['update person set employed_to = now() where id = $1', [leaver]],
    [`update person set employed_to = '2099-01-01' where id = $1`, [stayer]],
    ['update person set employed_to = null where id = $1', [stayer]],
  ] as const)
    await pool.query(statement, [...values])
  await pool.query(
    `insert into preservation_order (id, contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
     values ($1, $2, '2026-11-01T10:00:00Z', 'recordings', 'p', 'a', 'o', 'r', '2027-01-31T10:00:00Z', $3)`,
    [ids.order, ids.heldContact, ids.security],
  )
  for (const [order, cause] of [
    [ids.order, 'entered'],
    [ids.endedOrder, 'ended'],
  ])
    await pool.query(`select append_to_ledger('hold', $1, $2, jsonb_build_object('until', '2027-01-31T10:00:00Z'))`, [
      order,
      cause,
    ])
  await ledger.seal()
}

const deleted: string[] = []
let keys: Awaited<ReturnType<typeof openKeyFolder>>
const restoreInto = async (database: TestDatabase<SafeguardTables>) => {
  const { copy, contents } = await ledger.readCopy()
  const folder = await openLogFolder(join(await mkdtemp(join(tmpdir(), 'seloste-restored-')), 'ledger'))
  const { db } = database.as()
  const imported = await importLedgerCopy(db, copy, contents, folder)
  const replayed = await replayLedger(
    {
      db,
      objects: {
        delete: (key) => {
          deleted.push(key)
          return Promise.resolve(true)
        },
      },
      objectsOf: (recording) => [`recordings/${recording}/body`],
      keys,
    },
    copy.entries,
    0,
  )
  return { imported, replayed, copy, folder }
}

beforeAll(async () => {
  await fill(running)
  await fill(fresh)
  await changeAfterBackup()
  keys = await openKeyFolder(join(await mkdtemp(join(tmpdir(), 'seloste-restored-')), 'keys'))
  await keys.make('month-2027-03.v1')
  await keys.make('month-2027-04.v1')
  await keys.write('intake-2026-11-10', Buffer.from('secret'))
  await fresh
    .as()
    .pool.query(
      `insert into shard_key (expiry_month, shard, month_key_version, wrapped) values ('2027-04-01', 1, 1, '\\x00')`,
    )
})

describe('replaying the ledger on a restored register', () => {
  test('ends what has ended since the backup, and nothing else', async () => {
    const { pool } = fresh.as()
    const { replayed } = await restoreInto(fresh)
    expect(replayed).toEqual({
      recordings: 1,
      contacts: 1,
      rights: 2,
      credentials: 4,
      links: 2,
      scimTokens: 1,
      requests: 0,
      disclosures: 0,
      untied: [],
      employments: 1,
      consents: 0,
      workstations: 0,
      holds: 2,
      prohibitions: 2,
      restrictions: 0,
      cases: 0,
      corrections: 0,
      lostRequests: [],
      lostAppointments: [],
      keys: 2,
      keysToRenew: ['month-2027-04.v1'],
    })
    const first = async (statement: string, values: unknown[] = []) =>
      (await pool.query(statement, values)).rows[0] as unknown
    expect(await first('select state, cause, sha256 from recording where id = $1', [ids.forbidden])).toEqual({
      state: 'DESTROYED',
      cause: 'caller',
      sha256: null,
    })
    // The state that a search shows.
    expect(await first('select state from recorded_part where recording_id = $1', [ids.forbidden])).toEqual({
      state: 'g',
    })
    expect(await first('select count(*)::integer as n from recording_key')).toEqual({ n: 0 })
    expect(deleted).toEqual([`recordings/${ids.forbidden}/body`])
    expect((await pool.query('select id from contact')).rows).toEqual([{ id: ids.contact }])
    expect(await first('select state from recording where id = $1', [ids.kept])).toEqual({ state: 'RESTRICTED' })
    expect(
      (await pool.query('select id, revoked_at is null as holds, revoke_cause from access_right order by revoked_at'))
        .rows,
    ).toEqual([
      { id: ids.right, holds: false, revoke_cause: 'approver' },
      { id: ids.other, holds: true, revoke_cause: null },
    ])
    expect(
      await first(
        'select (select count(*) from passkey)::integer as p, (select count(*) from totp)::integer as t, (select count(*) from recovery_code)::integer as r',
      ),
    ).toEqual({ p: 0, t: 0, r: 0 })
    expect((await pool.query('select id, used_at is not null as used from one_time_link')).rows).toEqual([
      { id: ids.used, used: true },
    ])
    expect(await first('select revoked_at is not null as revoked from scim_token')).toEqual({ revoked: true })
    expect(
      await first(
        'select employed_to <= now() as gone, password_check is not null as signs_in from person where id = $1',
        [ids.leaver],
      ),
    ).toEqual({ gone: true, signs_in: true })
    expect(await first('select employed_to, password_check from person where id = $1', [ids.stayer])).toEqual({
      employed_to: null,
      password_check: null,
    })
    expect([
      await keys.has('month-2027-03.v1'),
      await keys.has('month-2027-04.v1'),
      await keys.has('intake-2026-11-10'),
    ]).toEqual([false, true, false])
  })

  test('restores prohibitions entered after the backup, and begins to destroy recordings that were not destroyed yet', async () => {
    const { rows } = await fresh.as().pool.query(
      `select p.recording_id, p.party, p.channel, p.executed_at is not null as done, r.state from prohibition p
       join recording r on r.id = p.recording_id order by r.state`,
    )
    expect(rows).toEqual([
      { recording_id: ids.forbidden, party: 'CALLER', channel: 'LETTER', done: true, state: 'DESTROYED' },
      { recording_id: ids.waiting, party: 'CALLER', channel: 'LETTER', done: false, state: 'DESTROYING' },
    ])
  })

  test('puts preservation orders in force again without their texts, and ends those that ended', async () => {
    const { rows } = await fresh
      .as()
      .pool.query(
        'select id, contact_id, covers, provision, ended_at is not null as over from preservation_order order by ended_at nulls first',
      )
    expect(rows).toEqual([
      {
        id: ids.order,
        contact_id: ids.heldContact,
        covers: 'recordings',
        provision: 'RESTORED: see the order',
        over: false,
      },
      { id: ids.endedOrder, contact_id: ids.heldContact, covers: 'both', provision: 'p', over: true },
    ])
  })

  test('can be repeated, and the ledger continues from its end', async () => {
    const { imported, replayed, folder, copy } = await restoreInto(fresh)
    expect(imported).toBe(0)
    expect(replayed).toMatchObject({
      recordings: 0,
      contacts: 0,
      rights: 0,
      credentials: 0,
      links: 0,
      scimTokens: 0,
      requests: 0,
      employments: 0,
      consents: 0,
      workstations: 0,
      prohibitions: 0,
      keys: 0,
    })
    const seal = () => sealLedger({ db: fresh.as('seloste_custodian').db, keys: ledger.keys, folder })
    expect((await seal())?.size).toBe(copy.size)
    await fresh.as().pool.query('update one_time_link set used_at = null')
    await fresh.as().pool.query('update one_time_link set used_at = now()')
    expect((await seal())?.size).toBe(copy.size + 1)
  })

  test('leaves every guard enabled', async () => {
    const { pool } = fresh.as()
    await expect(pool.query(`update recording set state = 'STORED'`)).rejects.toThrow('does not come back')
    await expect(pool.query('update access_right set revoked_at = null')).rejects.toThrow('stays so')
    await expect(pool.query('delete from destruction_entry')).rejects.toThrow('append-only')
  })

  test('is for the owner only: no process can disable the guards', async () => {
    for (const role of ['seloste_capture', 'seloste_desk', 'seloste_custodian'] as const)
      await expect(fresh.as(role).pool.query('alter table recording disable trigger user')).rejects.toThrow(
        'must be owner',
      )
  })

  test('refuses a copy that has problems, or does not continue the backup’s ledger', async () => {
    const files = await ledger.copyInto(new Map<string, Buffer>())
    const read = (copied: Map<string, Buffer>, from = 1) =>
      readLedgerCopy((name) => Promise.resolve(copied.get(name)), { key: ledger.key, from })
    const folder = await openLogFolder(join(await mkdtemp(join(tmpdir(), 'seloste-restored-')), 'ledger'))
    const { db, pool } = shorter.as()
    const broken = await read(new Map([...files].filter(([name]) => name === 'head')))
    await expect(importLedgerCopy(db, broken, new Map(), folder)).rejects.toMatchObject({ code: 'ledger-copy-wrong' })
    await expect(importLedgerCopy(db, await read(files, 3), new Map(), folder)).rejects.toMatchObject({
      code: 'ledger-copy-wrong',
    })
    await pool.query(`insert into ledger_leaf values (0, 1, sha256('another'))`)
    await expect(importLedgerCopy(db, await read(files), new Map(), folder)).rejects.toThrow('does not continue')
    expect(await folder.readCheckpoint()).toBeUndefined()
  })
})
