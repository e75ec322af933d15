/**
 * Backups and destructions (P2, P3 of the fault table; AC25): no destroyed recording comes back from any copy of any
 * age, and everything else does.
 */
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { migrate } from '#platform/database/migrate.ts'
import { refuseQuarantined } from '#platform/database/quarantine.ts'
import { schemaFolder } from '#platform/database/schema-folder.ts'
import type { RegisterTables } from '#register/tables.ts'
import { openRecordingBody } from '#register/recordings/open-recording.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { readTrusted, readSignedFrom } from '#safeguards/audit/signed-entries.ts'
import { decompress } from '#safeguards/backup/import-tables.ts'
import { monthFile, openMonth } from '#safeguards/places/keyring-file.ts'
import { monthsIn } from '#safeguards/places/renew-keyring.ts'
import { shardPurpose } from '#safeguards/keys/month-keys.ts'
import { unwrapKey } from '#safeguards/keys/wrap.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { openSealedFile } from '#platform/age/sealed-file.ts'
import { exportTables } from '#safeguards/backup/export-tables.ts'
import { openConnection } from '#platform/database/copy.ts'
import { readWholeIfExists } from '#platform/objects/whole-objects.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { servedRequest } from '../requests/served-request.ts'
import {
  backUpTo,
  emptyMachine,
  openBackedUpRegister,
  openTestPlaces,
  recovery,
  restoreFrom,
  type TestPlace,
} from './open-backup.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
await register.makeRecordings(1)
await register.seal()
const isLong = process.env['SELOSTE_LONG'] === '1'

type Machine = Awaited<ReturnType<typeof emptyMachine>>
type Place = TestPlace

const backUp = (place: Place, now?: Temporal.Instant) => backUpTo(register, place, now)
const restore = restoreFrom

/** Returns true if a recording can be decrypted as a whole on a machine. */
async function canDecrypt(machine: Machine, id: string): Promise<boolean> {
  const key = await fileKeyOf(machine.target.db, machine.keys, id)
  if (!key) return false
  const body = await openRecordingBody(machine.target.objects, id, key).catch(() => undefined)
  return body !== undefined
}

test(
  'with the recovery key, no copy of seven days opens a destroyed recording, and all others open (P2)',
  { timeout: 600_000 },
  async () => {
    const place = await openTestPlaces(database, register)
    const destroyer = makeDestroyer(database, register, place.copies)
    const count = isLong ? 100 : 7
    const days = 7
    const recordings = await register.makeRecordings(2 * count)
    const begin = Temporal.Now.instant()
    const destroyed = new Map<string, WrappedKeys>()
    for (let day = 0; day < days; day++) {
      await register.seal()
      await backUp(place, begin.add({ hours: 24 * day }))
      const today = recordings.slice(Math.floor((day * count) / days), Math.floor(((day + 1) * count) / days))
      for (const { id } of today) {
        destroyed.set(id, await wrappedKeysOf(id))
        await destroyer.destroy(id)
      }
    }
    await register.seal()
    await backUp(place, begin.add({ hours: 24 * days }))
    expect(destroyed.size).toBe(count)

    const machine = await emptyMachine()
    await restore(machine, place)
    for (const { id } of recordings) expect(await canDecrypt(machine, id), id).toBe(!destroyed.has(id))

    // An attacker with the earlier rows and every present key, of the machine and of the place, opens none of the
    // destroyed recordings.
    const names = (await register.keys.names()).filter((name) => name.startsWith('month-'))
    const monthKeys = await Promise.all(names.map((name) => register.keys.copyOut(name)))
    for (const month of await monthsIn(place.store)) {
      const sealed = await readWholeIfExists(place.store, monthFile(month))
      if (sealed) monthKeys.push(...(await openMonth(recovery.identity, sealed)).keys.map(({ key }) => key))
    }
    expect(monthKeys.length).toBeGreaterThan(1)
    for (const before of destroyed.values()) {
      for (const key of monthKeys) {
        expect(() => unwrapKey(key!, before.shard, shardPurpose(before.month, before.number))).toThrow()
      }
    }
    // No file of the place contains one of the destroyed keys, sealed or not, in any backup of these days.
    const texts = await readAllFiles(place)
    for (const [id, { file, shard }] of destroyed) {
      for (const wrapped of [file, shard]) {
        for (const coding of ['hex', 'base64', 'latin1'] as const) {
          expect(
            texts.some((text) => text.includes(wrapped.toString(coding), 0, 'latin1')),
            id,
          ).toBe(false)
        }
      }
    }
  },
)

interface WrappedKeys {
  month: Temporal.PlainDate
  number: number
  shard: Buffer
  file: Buffer
}

/** Wrapped keys in the rows of yesterday's database. */
async function wrappedKeysOf(id: string): Promise<WrappedKeys> {
  const { rows } = await database.as().pool.query<WrappedKeys>(
    `select k.expiry_month as month, k.shard as number, s.wrapped as shard, k.wrapped as file
     from recording_key k join shard_key s using (expiry_month, shard) where k.recording_id = $1`,
    [id],
  )
  return rows[0]!
}

/** Returns every file of a place, decrypted where the recovery key can decrypt it. */
async function readAllFiles({ store }: Place): Promise<Buffer[]> {
  const texts: Buffer[] = []
  for await (const key of store.list('')) {
    if (key.startsWith('objects/')) continue
    const bytes = await readWholeIfExists(store, key)
    if (!bytes) continue
    const opened = bytes.subarray(0, 3).toString() === 'age' ? await openSealedFile(recovery.identity, bytes) : bytes
    texts.push(key.includes('.zst') ? await decompress(opened) : opened)
  }
  return texts
}

test(
  'yesterday’s backup is restored without what was destroyed and revoked since, and stays closed without the ledger (P3, AC25)',
  { timeout: 300_000 },
  async () => {
    const place = await openTestPlaces(database, register)
    const destroyer = makeDestroyer(database, register, place.copies)
    const recordings = await register.makeRecordings(isLong ? 100 : 4)
    const notIngested = await register.record({}, { packets: 4 })
    await register.seal()
    const right = await grantRight()
    // Deletes the row as the owner of the database could, so that forged entries would count in the restored register.
    await database.as().pool.query('delete from audit_signed_from')
    const { manifest } = await backUp(place)
    await database.as().pool.query('update access_right set revoked_at = now() where id = $1', [right])
    const gone = recordings.slice(0, recordings.length / 2).map(({ id }) => id)
    for (const id of gone) await destroyer.destroy(id)
    await register.seal()
    await place.copies.shipLedger()
    await place.shipLog()

    const closed = await emptyMachine()
    await expect(restore(closed, place, { backup: manifest.id, ledger: 'nothing/' })).rejects.toMatchObject({
      code: 'restore-ledger',
      message: expect.stringContaining('The register stays closed'),
    })
    await expect(restore(closed, place, { backup: manifest.id, entries: 10_000 })).rejects.toThrow('--anchor')
    const { rows } = await closed.pool.query(
      "select from pg_class where relnamespace = 'public'::regnamespace and relname !~ '^restore_quarantine'",
    )
    expect(rows).toHaveLength(0)

    const machine = await emptyMachine()
    const restored = await restore(machine, place, { backup: manifest.id })
    expect(restored).toMatchObject({ backup: manifest.id, withoutAudio: 1, ledger: { recordings: gone.length } })
    expect(restored.lostEntries.length).toBeGreaterThan(0)
    for (const { id } of recordings) expect(await canDecrypt(machine, id), id).toBe(!gone.includes(id))
    const states = await machine.pool.query<{ id: string; state: string }>('select id, state from recording')
    for (const { id, state } of states.rows)
      expect(state === 'DESTROYED', id).toBe(gone.includes(id) || state === 'DESTROYED')
    const lost = await machine.pool.query('select incomplete, keeping_fault from recording where id = $1', [
      notIngested.id,
    ])
    expect(lost.rows).toEqual([{ incomplete: true, keeping_fault: 'not-in-backup' }])
    const { rows: rights } = await machine.pool.query(
      'select revoked_at is not null as revoked from access_right where id = $1',
      [right],
    )
    expect(rights).toEqual([{ revoked: true }])
    const keys = await machine.pool.query('select recording_id from recording_key where recording_id = any ($1)', [
      gone,
    ])
    expect(keys.rows).toEqual([])
    const recorded = await machine.pool.query(
      "select action from audit_entry where action in ('backup.restored', 'log.break-accepted') order by seq",
    )
    expect(recorded.rows.map((row) => (row as { action: string }).action)).toEqual([
      'log.break-accepted',
      'backup.restored',
    ])
    const signer = (await readLogKey(machine.keys))!
    expect(readSignedFrom(signer, await machine.log.readSignedFrom())).toBe(0)
    expect(await readTrusted(machine.target.db, signer, 'backup.restored')).toMatchObject([
      { detail: { backup: manifest.id, restoredAt: expect.any(String) } },
    ])
    const sessions = await machine.pool.query('select from session where ended_at is null')
    expect(sessions.rows).toHaveLength(0)
    const intake = await machine.pool.query(
      "select from intake_batch union all select from intake_version where state in ('making', 'current')",
    )
    expect(intake.rows).toHaveLength(0)
    await refuseQuarantined(machine.url)
    // Refuses to restore into an existing register.
    await expect(restore(machine, place)).rejects.toMatchObject({ code: 'restore-not-empty' })
  },
)

/** Grants a right through the program. */
async function grantRight(): Promise<string> {
  const { rows } = await database.as().pool.query<{ id: string }>(
    `with p as (
       insert into person (id, user_id, employed_from) values (gen_random_uuid(), 'revoked', now() - interval '1 day') returning id
     )
     insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, origin)
     select gen_random_uuid(), id, 'MAINTENANCE', '{}', 'none', now() - interval '1 day', 'installation' from p returning id`,
  )
  return rows[0]!.id
}

test('every row is restored exactly', { timeout: 60_000 }, async () => {
  const place = await openTestPlaces(database, register)
  await register.seal()
  const { manifest } = await backUp(place)
  const machine = await emptyMachine()
  await restore(machine, place)
  const connection = await openConnection(machine.url, 'test')
  const back = await exportTables(
    connection,
    recovery.recipient,
    () => Promise.resolve(),
    () => undefined,
  )
  await connection.close()
  // Leaves out rows that a restore itself changes or appends.
  const changed = new Set([
    'audit_entry',
    'audit_pending',
    'clock_mark',
    'intake_key',
    'intake_version',
    'session',
    'place_of_data',
    'keyring_change',
    'month_key',
    'recording',
  ])
  const texts = (tables: typeof back) =>
    Object.fromEntries(
      tables
        .filter(({ name }) => !changed.has(name))
        .map(({ name, parts }) => [name, parts.map(({ contentSha256 }) => contentSha256)]),
    )
  expect(texts(back)).toEqual(texts(manifest.tables))
  const next = await machine.pool.query<{ seq: number }>(
    "insert into audit_entry (action, result) values ('log.read', 'ok') returning seq",
  )
  expect(next.rows[0]!.seq).toBeGreaterThan(manifest.tables.find(({ name }) => name === 'audit_entry')!.rows)
})

test('another identity decrypts nothing and restores nothing', async () => {
  const place = await openTestPlaces(database, register)
  await backUp(place)
  const machine = await emptyMachine()
  const other = generateKeyPair().identity
  await expect(restore(machine, place, { identity: other })).rejects.toMatchObject({ code: 'backup-identity-wrong' })
  expect(
    (
      await machine.pool.query(
        "select from pg_class where relnamespace = 'public'::regnamespace and relname !~ '^restore_quarantine'",
      )
    ).rows,
  ).toEqual([])
})

test(
  'an interrupted restore leaves the register closed, and continues when it is started again',
  { timeout: 120_000 },
  async () => {
    const place = await openTestPlaces(database, register)
    await backUp(place)
    const machine = await emptyMachine()
    const put = machine.target.objects.put
    let puts = 0
    machine.target.objects.put = (...given) => {
      if (puts++ === 1) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
      return put(...given)
    }
    await expect(restore(machine, place)).rejects.toThrow('no space')
    await expect(refuseQuarantined(machine.url)).rejects.toMatchObject({
      code: 'database-quarantined',
      message: expect.stringContaining('stays closed'),
    })
    const restored = await restore(machine, place)
    await refuseQuarantined(machine.url)
    expect(restored.objects).toBeGreaterThan(0)
  },
)

test(
  'an interrupted restore of an older version’s backup upgrades all rows when it is repeated',
  { timeout: 120_000 },
  async () => {
    const place = await openTestPlaces(database, register)
    await backUp(place)
    const machine = await emptyMachine()
    // Simulates a version newer than the backup, with a column that its migration fills in existing rows.
    const folder = join(machine.folder, 'newer')
    await cp(schemaFolder, folder, { recursive: true })
    await writeFile(
      join(folder, 'migrations/9000-newer.sql'),
      'alter table segment add column of_newer boolean;\nupdate segment set of_newer = true;\n',
    )
    machine.target.migrate = async (upTo) => {
      await migrate(machine.url, { folder, ...(upTo !== undefined && { upTo }) })
    }
    const put = machine.target.objects.put
    machine.target.objects.put = () => Promise.reject(new Error('no space'))
    await expect(restore(machine, place)).rejects.toThrow('no space')
    machine.target.objects.put = put
    await restore(machine, place)
    await refuseQuarantined(machine.url)
    const { rows } = await machine.pool.query(
      'select of_newer as "ofNewer", count(*) > 0 as there from segment group by 1',
    )
    expect(rows).toEqual([{ ofNewer: true, there: true }])
  },
)

test('an altered file of the ledger keeps the register closed', async () => {
  const place = await openTestPlaces(database, register)
  await backUp(place)
  const key = 'ledger/entries/0000000001'
  const bytes = await readFile(join(place.folder, key))
  bytes[200] = bytes[200]! ^ 1
  await place.store.put(key, bytes)
  await expect(restore(await emptyMachine(), place)).rejects.toMatchObject({ code: 'restore-ledger' })
  await place.store.put(key, bytes.subarray(0, 100))
  await expect(restore(await emptyMachine(), place)).rejects.toMatchObject({ code: 'restore-ledger' })
})

test('a requester’s copy that could be downloaded ends at a restore, because no backup contains it', async () => {
  const [recording] = await register.makeRecordings(1)
  const { db: admin } = database.as()
  const clerk = await enterTestPerson(admin, database.as('seloste_desk').db, { name: 'Paula' })
  const request = await servedRequest(admin, { clerkId: clerk.id, kinds: ['COPY'] })
  await sql`
    insert into subject_copy (request_id, recording_id, method, token_hash, made_by, expires_at, ready_at, size_bytes)
    values (${request.id}, ${recording!.id}, 'KEY', sha256('ready'), ${clerk.id}, now() + interval '1 day', now(), 9),
      (${request.id}, gen_random_uuid(), 'KEY', sha256('making'), ${clerk.id}, now() + interval '1 day', null, null)`.execute(
    admin,
  )
  const place = await openTestPlaces(database, register)
  await register.seal()
  await backUp(place)
  const machine = await emptyMachine()
  await restore(machine, place)
  const { rows } = await machine.pool.query(
    'select end_why, removed_at is not null as gone, copy_link_language(token_hash) as behind from subject_copy order by end_why',
  )
  expect(rows).toEqual([
    { end_why: 'expired', gone: true, behind: null },
    { end_why: 'failed', gone: true, behind: null },
  ])
})

test('a restore ends packages that could be released and signed copies without sound, and reports the numbers of disclosures that an authority may have received', async () => {
  const [approved, rendered, rendering] = (await register.makeRecordings(3)).map(({ id }) => id)
  const { db: admin } = database.as()
  const person = async (name: string) => (await enterTestPerson(admin, database.as('seloste_desk').db, { name })).id
  const [eero, kaisa, riitta] = [await person('Eero'), await person('Kaisa'), await person('Riitta')]
  const decision = sql`'GRANTED', 'Peruste', now(), ${riitta}::uuid`
  await sql`insert into disclosure_number (series, year, last) select 'T', extract(year from now() at time zone 'Europe/Helsinki'), 2`.execute(
    admin,
  )
  await sql`
    with i as (
      insert into institute (name, contact, email, language, added_by) values ('Laitos', 'Kirjaamo', 'a@b.example', 'fi', ${eero}) returning id
    )
    insert into research_disclosure (number, institute_id, study, due_on, format, prepared_by, outcome, reasons, decided_at, decided_by, released_at)
    select v.number, i.id, 'Laatu', current_date + 30, 'OPUS', ${eero}, 'GRANTED', 'Peruste', now(), ${riitta}, v.at
    from i, (values ('T-2026-1', null), ('T-2026-2', now())) v (number, at)`.execute(admin)
  await sql`
    insert into authority_disclosure (number, origin, authority, officer, case_number, aim, provision_id, received_at, entered_by, outcome, reasons, decided_at, decided_by)
    values ('V-2026-1', 'REQUEST', 'Poliisi', 'N. N.', 'R/1', 'INVESTIGATION', 'p', now(), ${eero}, ${decision})`.execute(
    admin,
  )
  await sql`
    insert into anonymised_copy (recording_id, duration_ms, state, work, prepared_by, rendered_at, rendering_at, sound_at, sound_sha256, sound_bytes, checked_at, checked_by)
    values (${approved}, 9, 'APPROVED', 'w', ${eero}, now(), null, now(), sha256('a'), 9, now(), ${kaisa}),
      (${rendered}, 9, 'RENDERED', 'w', ${eero}, now(), null, now(), sha256('b'), 9, null, null),
      (${rendering}, 9, 'RENDERING', 'w', ${eero}, null, now(), now(), null, null, null, null)`.execute(admin)
  await sql`
    insert into disclosure_package (research_id, authority_id, method, delivery, token_hash, files, made_by, expires_at, ready_at, size_bytes, sha256)
    select r.id, null, 'KEY', 'LINK', sha256('package'), 1, ${riitta}::uuid, now() + interval '1 day', now(), 9, sha256('c')
    from research_disclosure r where r.number = 'T-2026-2'
    union all
    select null, a.id, 'PASSPHRASE', 'MEDIUM', null, 1, ${riitta}::uuid, now() + interval '1 day', null, null, null
    from authority_disclosure a`.execute(admin)
  await sql`
    insert into copy_hearing (copy_id, recording_id, revision, rendered_at, person_id, right_id, session_hash, until)
    select id, recording_id, 0, now(), ${kaisa}::uuid, gen_random_uuid(), sha256('s'), now() + interval '1 hour'
    from anonymised_copy where state = 'RENDERED'`.execute(admin)
  const place = await openTestPlaces(database, register)
  await register.seal()
  await backUp(place)
  const machine = await emptyMachine()
  expect((await restore(machine, place)).mayHaveLeft).toEqual(['V-2026-1'])
  const rows = async (query: string, values: unknown[] = []) =>
    (await machine.pool.query(query, values)).rows as unknown[]
  expect(await rows('select end_why, removed_at is not null as gone from disclosure_package order by end_why')).toEqual(
    [
      { end_why: 'expired', gone: true },
      { end_why: 'failed', gone: true },
    ],
  )
  expect(await rows('select end_why from copy_hearing')).toEqual([{ end_why: 'session' }])
  expect(await rows("select from begin_package_fetch(sha256('package'), null, null)")).toEqual([])
  expect(
    await rows(
      `select state, ended_at is not null as ended, work is not null as words, sound_at is not null as sound from anonymised_copy
       order by array_position($1::uuid[], recording_id)`,
      [[approved, rendered, rendering]],
    ),
  ).toEqual([
    { state: 'APPROVED', ended: true, words: false, sound: false },
    { state: 'FAILED', ended: false, words: true, sound: false },
    { state: 'FAILED', ended: false, words: true, sound: false },
  ])
  // The number of a disclosure that may have been released is not reused.
  expect(await rows("select next_disclosure_number('T') ~ '-1003$' as later")).toEqual([{ later: true }])
  const [recorded] = await rows(
    "select detail -> 'mayHaveLeft' as it from audit_entry where action = 'backup.restored'",
  )
  expect(recorded).toEqual({ it: ['V-2026-1'] })
})
