import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Registry } from 'prom-client'
import { expectedProtections } from '#platform/database/protections.ts'
import { makeLog } from '#platform/log/log.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { writeVerifierKey } from '#safeguards/audit/note.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'
import { checkPromises } from '#use/evidence/check-promises.ts'
import type { CheckContext } from '#use/evidence/promise.ts'
import { readProofs } from '#use/evidence/read-proofs.ts'
import { verifyLocally } from '#app/custodian/local-verification.ts'
import { verifyLogOnDemand, type LogVerifier } from '#app/custodian/verify-log.ts'
import { openTestLog } from '#test/audit/open-log.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'

const database = await createTestDatabase<RegisterTables>()
const pruned = await createTestDatabase<SafeguardTables>()
const custodian = database.as('seloste_custodian')
const { pool } = database.as()
const log = await openTestLog(database as never)
const lines: string[] = []
const registry = new Registry()
let sequencer: ReturnType<typeof log.begin>
let verifying: LogVerifier | undefined
afterAll(() => verifying?.stop())

/** Reads the proof where health, status, metrics, the API and the page read it. */
async function checkAndRead(now = Temporal.Now.instant()) {
  await check(now)
  return read(now)
}

async function check(now = Temporal.Now.instant(), lastVerification = () => verifying?.last(), afresh = false) {
  const context = { db: custodian.db, now, afresh, drawKey: Buffer.alloc(32, 7), keys: log.keys, lastVerification }
  await checkPromises(context as unknown as CheckContext, ['log.whole'])
}

async function read(now = Temporal.Now.instant()) {
  const [found] = await readProofs(database.as('seloste_desk').db as never, now, sequencer.signer()!)
  return found
}

/** Waits for the requested verification. */
async function verifyNow(): Promise<void> {
  await pool.query('insert into log_verification (asked_by) values (null)')
  await expect
    .poll(async () => (await pool.query('select from log_verification where ended_at is null')).rowCount, {
      timeout: 20_000,
    })
    .toBe(0)
}

/** Runs a statement with the guards of the log disabled; they are enabled before it is verified. */
async function withoutGuards(statement: string): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(`begin; set local session_replication_role = replica; ${statement}; commit`)
  } finally {
    client.release(true)
  }
}

test('the promise has no proof before the first verification of the log', async () => {
  await pool.query(`insert into audit_entry (action, result) select 'contact.read', 'ok' from generate_series(1, 1200)`)
  sequencer = log.begin()
  await log.sequence(sequencer)
  await log.folder.writeKey(writeVerifierKey(sequencer.signer()!))
  expect(await checkAndRead()).toBeUndefined()
  verifying = verifyLogOnDemand({
    db: custodian.db,
    pool: custodian.pool,
    task: {
      ...{ databaseUrl: database.url('seloste_custodian'), folder: join(log.place, 'audit-log'), witnessKeys: [] },
      protections: await expectedProtections(),
    },
    readKey: () => readLogKey(log.keys),
    log: makeLog({ name: 'custodian', write: (line) => lines.push(line), pretty: false }),
    registry,
  })
  await expect
    .poll(async () => (await pool.query(`select from log_verification where state = 'WHOLE'`)).rowCount, {
      timeout: 20_000,
    })
    .toBe(1)
  expect(await checkAndRead()).toMatchObject({
    promise: 'log.whole',
    holds: true,
    text: { en: expect.stringContaining('last verified in full just now') },
  })
})

test.each([
  ['a trigger that is dropped', 'drop trigger append_only on audit_entry', 'missing trigger audit_entry append_only'],
  ['a policy that is dropped', 'drop policy closed_list on audit_entry', 'missing policy audit_entry closed_list'],
  [
    'a function that is replaced',
    `create or replace function log_is_whole() returns boolean
     language sql stable security definer set search_path = pg_catalog, public, pg_temp as 'select true'`,
    'changed function log_is_whole()',
  ],
])('%s breaks the promise at the next check, and is reported', async (_what, statement, name) => {
  const definitions = await pool.query<{ again: string }>(
    `select pg_get_triggerdef(oid) as again from pg_trigger where tgrelid = 'audit_entry'::regclass and tgname = 'append_only'
     union all select pg_get_functiondef('log_is_whole()'::regprocedure)`,
  )
  const policy = `create policy closed_list on audit_entry as restrictive for insert to seloste_desk, seloste_capture, seloste_custodian with check (
    ${(await pool.query<{ check: string }>(`select pg_get_expr(polwithcheck, polrelid) as check from pg_policy where polname = 'closed_list'`)).rows[0]!.check})`
  await pool.query(statement)
  expect(await checkAndRead()).toMatchObject({ holds: false, facts: { protections: 1, problems: 0, example: name } })
  const [trigger, guard] = definitions.rows.map(({ again }) => again)
  await pool.query(
    statement.startsWith('drop trigger') ? trigger! : statement.startsWith('drop policy') ? policy : guard!,
  )
  expect(await checkAndRead()).toMatchObject({ holds: true })
})

test('a changed row of the log breaks the promise at the next verification', async () => {
  await withoutGuards(
    `update audit_entry set result = 'refused:deny.own' where seq = (select seq from audit_leaf where index = 10)`,
  )
  await verifyNow()
  expect(await checkAndRead()).toMatchObject({
    holds: false,
    facts: { problems: 1, protections: 0, example: 'entry-altered' },
  })
  expect(await registry.getSingleMetricAsString('seloste_audit_log_problems')).toContain(' 1')
  expect(lines.join('')).toContain('does not match what was signed')
  await withoutGuards(`update audit_entry set result = 'ok' where seq = (select seq from audit_leaf where index = 10)`)
  await verifyNow()
  expect(await checkAndRead()).toMatchObject({ holds: true })
})

test('an acceptance written by the owner of the database hides no changed row, because acceptances need the signature of the log’s key', async () => {
  await withoutGuards(
    `update audit_entry set result = 'refused:deny.own' where seq = (select seq from audit_leaf where index = 11)`,
  )
  const writeAcceptance = (more: object) =>
    pool.query(
      `insert into audit_entry (action, object_kind, result, detail) values ('log.break-accepted', 'log', 'ok', $1)`,
      [JSON.stringify({ kinds: ['entry-altered'], indexes: ['11'], seqs: [], reason: 'x', by: 'x', ...more })],
    )
  await writeAcceptance({})
  await writeAcceptance({ signature: Buffer.alloc(64).toString('base64') })
  await log.sequence(sequencer)
  await verifyNow()
  expect(await checkAndRead()).toMatchObject({ holds: false, facts: { problems: 1, example: 'entry-altered' } })
  await withoutGuards(`update audit_entry set result = 'ok' where seq = (select seq from audit_leaf where index = 11)`)
  await verifyNow()
  expect(await checkAndRead()).toMatchObject({ holds: true })
})

test('a proof written by the owner of the database, or an earlier proof put back, is not shown as a proof', async () => {
  const stored = async () =>
    (await pool.query<{ row: string }>(`select to_jsonb(p)::text as row from proof p where promise = 'log.whole'`))
      .rows[0]!.row
  expect(await checkAndRead()).toMatchObject({ holds: true })
  const whole = await stored()
  const guard = await pool.query<{ again: string }>(
    `select pg_get_triggerdef(oid) as again from pg_trigger where tgrelid = 'audit_entry'::regclass and tgname = 'append_only'`,
  )
  await pool.query('drop trigger append_only on audit_entry')
  expect(await checkAndRead()).toMatchObject({ holds: false, facts: { protections: 1 } })
  for (const set of [
    'holds = true, broken_since = null',
    `holds = true, broken_since = null, facts = facts || '{"protections": 0, "example": null}'`,
    'holds = true, broken_since = null, signature = null',
    `signature = '${Buffer.alloc(64).toString('base64')}'`,
    `checked_at = now() + interval '4 minutes'`,
  ]) {
    await pool.query(`update proof set ${set} where promise = 'log.whole'`)
    expect(await read(), set).toMatchObject({
      holds: false,
      facts: {},
      text: { en: expect.stringContaining('could not be confirmed') },
    })
    await check()
  }
  // A genuine earlier proof is valid only for its own date.
  const putBack = `delete from proof where promise = 'log.whole';
    insert into proof select * from jsonb_populate_record(null::proof, '${whole.replaceAll("'", "''")}')`
  await pool.query(putBack)
  expect(await read(Temporal.Now.instant().add({ minutes: 16 }))).toMatchObject({ holds: false })
  await pool.query(guard.rows[0]!.again)
  expect(await checkAndRead()).toMatchObject({ holds: true })
})

test('a broken log does not become whole by a verification that the owner of the database writes, changes or removes', async () => {
  await withoutGuards(
    `update audit_entry set result = 'refused:deny.own' where seq = (select seq from audit_leaf where index = 10)`,
  )
  await verifyNow()
  expect(await checkAndRead()).toMatchObject({ holds: false, facts: { problems: 1 } })
  const { rows } = await pool.query<{ row: string }>(
    `select to_jsonb(v)::text as row from log_verification v where state = 'BROKEN' order by ended_at desc limit 1`,
  )
  await withoutGuards(`
    insert into log_verification (started_at, ended_at, state, entries, report)
      values (now() - interval '1 second', now(), 'WHOLE', 1200, '{"found": 0}');
    insert into log_verification (started_at, ended_at, state, entries, report, signature)
      select now() - interval '1 second', now(), 'WHOLE', 1200, '{"found": 0}', signature
      from log_verification where state = 'WHOLE' and signature is not null limit 1`)
  // A process without a verification of its own relies on signed ones.
  await check(undefined, () => undefined)
  expect(await read()).toMatchObject({ holds: false, facts: { problems: 1 } })
  await withoutGuards(`update log_verification set state = 'WHOLE', report = '{"found": 0}' where state = 'BROKEN'`)
  expect(await checkAndRead()).toMatchObject({ holds: false, facts: { problems: 1 } })
  await withoutGuards(`delete from log_verification where signature is null or report = '{"found": 0}'`)
  expect(await checkAndRead()).toMatchObject({ holds: false, facts: { problems: 1 } })
  await withoutGuards(`
    insert into log_verification select * from jsonb_populate_record(null::log_verification, '${rows[0]!.row.replaceAll("'", "''")}');
    update audit_entry set result = 'ok' where seq = (select seq from audit_leaf where index = 10)`)
  await verifyNow()
  expect(await checkAndRead()).toMatchObject({ holds: true })
})

test('a verification older than an hour is no proof', async () => {
  expect(await checkAndRead(Temporal.Now.instant().add({ minutes: 59 }))).toMatchObject({ holds: true })
  expect(await checkAndRead(Temporal.Now.instant().add({ minutes: 61 }))).toMatchObject({
    holds: false,
    facts: { late: true },
  })
})

test('a verification that is too old is no proof, however often the checking process restarted meanwhile', async () => {
  const now = Temporal.Now.instant()
  const checkAt = async (minutes: number, afresh = true) => {
    const at = now.add({ minutes })
    await check(at, () => verifying?.last(), afresh)
    return read(at)
  }
  // Time in which no process ran, such as a night, does not count.
  for (const minutes of [0, 600, 620, 640]) expect(await checkAt(minutes)).toMatchObject({ holds: true })
  await checkAt(650, false)
  expect(await checkAt(662)).toMatchObject({ holds: true })
  await checkAt(675, false)
  expect(await checkAt(690)).toMatchObject({ holds: true })
  await checkAt(705, false)
  expect(await checkAt(729, false)).toMatchObject({ holds: false, facts: { late: true } })
})

test('a pruning written by the owner of the database explains no missing entry, and makes no entry older than the term', async () => {
  const prunedLog = await openTestLog(pruned)
  const { pool: owner } = pruned.as()
  const prunedSequencer = prunedLog.begin()
  await owner.query(`
    set session_replication_role = replica; update audit_entry set at = now() - interval '70 months'; set session_replication_role = default;
    insert into audit_entry (at, action, result) select now() - interval '69 months' + n * interval '1 day', 'contact.read', 'ok' from generate_series(1, 1100) n`)
  await prunedLog.sequence(prunedSequencer)
  await owner.query(`update audit_checkpoint set signed_at = now() - interval '2 days'`)
  const verify = async () => {
    await prunedLog.sequence(prunedSequencer)
    await prunedLog.folder.writeKey(writeVerifierKey(prunedSequencer.signer()!))
    const folder = join(prunedLog.place, 'audit-log')
    return verifyLocally({ db: pruned.as('seloste_custodian').db, folder, witnessKeys: [] })
  }
  const codes = async () => [...new Set((await verify()).problems.map(({ code }) => code))].sort()
  expect(await prunedLog.prune(60)).toBe(256)
  expect(await verify()).toMatchObject({ found: 0, pruned: 256 })

  // The term is 60 months; the owner deletes entries of 24 months and more, as the custodian would for a term of 24.
  const writePruning = (table: 'audit_pruning' | 'audit_entry') =>
    table === 'audit_pruning'
      ? `insert into audit_pruning (minimum_index, before) values (512, now() - interval '24 months')`
      : `insert into audit_entry (action, object_kind, result, detail) values ('log.pruned', 'log', 'ok',
           jsonb_build_object('minimumIndex', 512, 'entries', 256, 'months', 24, 'before', now() - interval '24 months'))`
  const stored = await owner.query<{ row: string }>(
    `select to_jsonb(e)::text as row from audit_entry e join audit_leaf l using (seq) where l.index between 256 and 511`,
  )
  await owner.query(`begin; set local session_replication_role = replica;
    delete from audit_entry e using audit_leaf l where l.seq = e.seq and l.index between 256 and 511; commit`)
  await owner.query(writePruning('audit_entry'))
  expect(await codes()).toEqual(['entry-missing'])
  await owner.query(writePruning('audit_pruning'))
  expect(await codes()).toEqual(['entry-missing', 'pruning-differs'])
  // The custodian does not prune the missing entries as expired either: the tile after them is younger than the term.
  await owner.query(
    `begin; set local session_replication_role = replica; delete from audit_pruning where minimum_index = 512; commit`,
  )
  expect(await prunedLog.prune(60)).toBe(0)
  expect(await codes()).toEqual(['entry-missing'])

  // Entries that the owner backdates count as newer than their date.
  await owner.query(`begin; set local session_replication_role = replica;
    ${stored.rows.map(({ row }) => `insert into audit_entry overriding system value select * from jsonb_populate_record(null::audit_entry, '${row}')`).join(';')};
    update audit_entry e set at = now() - interval '65 months' from audit_leaf l where l.seq = e.seq and l.index between 256 and 511; commit`)
  expect(await prunedLog.prune(60)).toBe(0)
  // A changed database clock alone makes no entry old.
  expect(await prunedLog.prune(24, Temporal.Now.instant().subtract({ hours: 24 * 365 * 4 }))).toBe(0)
})
