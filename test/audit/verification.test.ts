import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyLocally } from '#app/custodian/local-verification.ts'
import { verifyLogOnDemand } from '#app/custodian/verify-log.ts'
import { expectedProtections } from '#platform/database/protections.ts'
import { makeLog } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { writeVerifierKey } from '#safeguards/audit/note.ts'
import { resumeLog } from '#safeguards/audit/resume.ts'
import { createTestDatabase, type TestDatabase } from '../database/create-test-database.ts'
import { openTestLog } from './open-log.ts'
import { makeSigner, merkleRoot, signNote } from './seal-log.ts'

/** Writes a log with the program itself; the log's folder is beside the keys. */
async function writeLog(database: TestDatabase<RegisterTables>, entries: number) {
  const log = await openTestLog(database as never)
  const sequencer = log.begin()
  for (let n = 0; n < entries; n++) {
    await appendAudit(database.as('seloste_custodian').db, {
      action: 'key.destroyed',
      result: n % 9 === 0 ? 'refused:deny.own' : 'ok',
      reference: `VIKA-${n} "ä" €`,
      detail: { n, part: n / 7, list: ['ö', '\u2028'], none: null },
    })
    if (n % 50 === 0) await log.sequence(sequencer)
  }
  await log.sequence(sequencer)
  const folder = join(log.place, 'audit-log')
  const key = writeVerifierKey(sequencer.signer()!)
  await log.folder.writeKey(key)
  const verify = (db = database.as('seloste_custodian').db) => verifyLocally({ db, folder, witnessKeys: [] })
  return { ...log, sequencer, folderPath: folder, key, verify }
}

const database = await createTestDatabase<RegisterTables>()
const resumedDatabase = await createTestDatabase<RegisterTables>()
const prunedDatabase = await createTestDatabase<RegisterTables>()
const newDatabase = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
let log: Awaited<ReturnType<typeof writeLog>>
beforeAll(async () => {
  log = await writeLog(database, 300)
})

/** Runs statements as a superuser without triggers. */
const asSuperuser = (...statements: string[]) =>
  pool.query(['begin', 'set local session_replication_role = replica', ...statements, 'commit'].join('; '))
const codesOf = ({ problems }: { problems: { code: string }[] }) => problems.map(({ code }) => code)

describe('the log as the program writes it', () => {
  test('is whole to a verifier written from the format alone, that reads as custodian or as owner of the database', async () => {
    for (const db of [database.as('seloste_custodian').db, database.as().db]) {
      const report = await log.verify(db)
      expect(report.problems).toEqual([])
      expect(report.entries).toBeGreaterThanOrEqual(300)
      expect(report.checkpoints).toBeGreaterThan(2)
    }
  })

  test('is whole while it grows', async () => {
    let growing = true
    const grow = (async () => {
      // Stops at 512 entries, because the tests below count their subtrees.
      for (let n = 0; growing && n < 150; n++) {
        await appendAudit(database.as('seloste_custodian').db, { action: 'key.destroyed', result: 'ok' })
        await log.sequence(log.sequencer)
      }
    })()
    for (let round = 0; round < 15; round++) expect((await log.verify()).problems).toEqual([])
    growing = false
    await grow
  })
})

describe('changes by a superuser', () => {
  test('an edited entry is found and reported', async () => {
    await asSuperuser(
      `update audit_entry set person_id = gen_random_uuid() where seq = (select seq from audit_leaf where index = 7)`,
    )
    const report = await log.verify()
    expect(report).toMatchObject({ found: 1, problems: [{ code: 'entry-altered', leaf: 7, seq: expect.any(Number) }] })
    await asSuperuser(
      `update audit_entry set person_id = null where seq = (select seq from audit_leaf where index = 7)`,
    )
    expect((await log.verify()).found).toBe(0)
  })

  test('an edited entry with a recomputed hash is found and reported', async () => {
    const { rows } = await pool.query<{ hash: Buffer }>('select hash from audit_leaf where index = 100')
    await asSuperuser(`update audit_leaf set hash = sha256('forged') where index = 100`)
    const report = await log.verify()
    expect(report.problems[0]).toMatchObject({ code: 'leaf-altered', leaf: 100 })
    expect(codesOf(report)).toEqual(expect.arrayContaining(['root-differs', 'rewritten', 'subtree-wrong']))
    await asSuperuser(`update audit_leaf set hash = '\\x${rows[0]!.hash.toString('hex')}' where index = 100`)
    expect((await log.verify()).found).toBe(0)
  })

  test('a tree signed with another key is found', async () => {
    const { rows } = await pool.query<{ hash: Buffer }>('select hash from audit_leaf order by index')
    const forged = rows.map(({ hash }, index) => (index === 3 ? createHash('sha256').update('x').digest() : hash))
    const root = merkleRoot(forged)
    const forger = makeSigner(log.key.split('+')[0]!, 1)
    const { rows: newest } = await pool.query<{ note: string; root: Buffer }>(
      'select note, root from audit_checkpoint order by size desc limit 1',
    )
    await pool.query('update audit_checkpoint set note = $1, root = $2 where size = $3', [
      signNote(forger, forged.length, root),
      root,
      forged.length,
    ])
    expect(codesOf(await log.verify())).toContain('checkpoint-unsigned')
    await pool.query('update audit_checkpoint set note = $1, root = $2 where size = $3', [
      newest[0]!.note,
      newest[0]!.root,
      forged.length,
    ])
    expect((await log.verify()).found).toBe(0)
  })

  test('a deleted entry, or a log rolled back as a whole, is found', async () => {
    await asSuperuser(
      'create table if not exists saved_entries as select * from audit_entry',
      'delete from audit_entry where seq = (select seq from audit_leaf where index = 9)',
    )
    expect((await log.verify()).problems).toMatchObject([{ code: 'entry-missing', leaf: 9 }])
    await asSuperuser(
      'insert into audit_entry overriding system value select * from saved_entries on conflict do nothing',
    )
    expect((await log.verify()).found).toBe(0)
    await asSuperuser(
      'create table saved_leaves as select * from audit_leaf',
      'create table saved_checkpoints as select * from audit_checkpoint',
      'delete from audit_entry where seq in (select seq from audit_leaf where index >= 200)',
      'delete from audit_leaf where index >= 200',
      'delete from audit_checkpoint where size > 200',
      'delete from audit_subtree',
    )
    expect((await log.verify()).problems).toMatchObject([{ code: 'rolled-back' }])
    await asSuperuser(
      'insert into audit_entry overriding system value select * from saved_entries on conflict do nothing',
      'insert into audit_leaf select * from saved_leaves on conflict do nothing',
      'insert into audit_checkpoint select * from saved_checkpoints on conflict do nothing',
    )
  })
})

describe('a break accepted by an operator', () => {
  test('is a problem before, and is reported as accepted afterwards; later changes are still found', async () => {
    const broken = await writeLog(resumedDatabase, 60)
    const { pool: owner } = resumedDatabase.as()
    const destroy = (index: number) =>
      owner.query(`begin; set local session_replication_role = replica;
        delete from audit_entry where seq = (select seq from audit_leaf where index = ${index}); commit`)
    await destroy(12)
    expect(await broken.sequence()).toHaveProperty('broken')
    expect(codesOf(await broken.verify())).toEqual(['entry-missing', 'break-open'])
    await resumeLog(resumedDatabase.as().db, broken.keys, broken.folder, { reason: 'A disk broke', by: 'ylläpito' })
    await broken.sequence()
    expect(await broken.verify()).toMatchObject({ found: 0, accepted: 1 })
    await destroy(13)
    expect((await broken.verify()).problems).toMatchObject([{ code: 'entry-missing', leaf: 13 }])
  })
})

test('a pruned log that has no entries of some years is whole', async () => {
  const [log, owner] = [await openTestLog(prunedDatabase), prunedDatabase.as().pool]
  await owner.query(`
    set session_replication_role = replica; update audit_entry set at = now() - interval '70 months'; set session_replication_role = default;
    insert into audit_entry (at, action, result) select now() - interval '1 month' * case when n < 256 then 40 else 1 end, 'contact.read', 'ok'
    from generate_series(1, 600) n`)
  const sequencer = log.begin()
  await log.sequence(sequencer)
  await owner.query("update audit_checkpoint set signed_at = now() - interval '2 days'")
  expect(await log.prune(36)).toBe(256)
  await log.sequence(sequencer)
  await log.folder.writeKey(writeVerifierKey(sequencer.signer()!))
  const folder = join(log.place, 'audit-log')
  const report = await verifyLocally({ db: prunedDatabase.as('seloste_custodian').db, folder, witnessKeys: [] })
  expect(report).toMatchObject({ found: 0, pruned: 256 })
})

const protections = await expectedProtections()

describe('a requested verification', () => {
  const other = database.as('seloste_custodian')
  const lines: string[] = []
  const registry = new Registry()
  let verifying: { stop: () => Promise<void> }
  const start = () => {
    verifying = verifyLogOnDemand({
      db: other.db,
      pool: other.pool,
      task: {
        ...{ databaseUrl: database.url('seloste_custodian'), folder: log.folderPath, witnessKeys: [] },
        protections,
      },
      readKey: () => readLogKey(log.keys),
      log: makeLog({ name: 'custodian', write: (line) => lines.push(line), pretty: false }),
      registry,
    })
  }
  afterAll(() => verifying?.stop())
  const waitForEnd = async (id?: string) => {
    for (;;) {
      const { rows } = await pool.query<{
        id: string
        state: string
        checked: number
        report: { found: number } | null
      }>(
        `select id, state, checked::integer, report from log_verification where ended_at is not null and ($1::uuid is null or id = $1)
         order by asked_at desc limit 1`,
        [id ?? null],
      )
      if (rows[0]) return rows[0]
      await wait(100)
    }
  }

  test('runs in a thread of its own to its end, is reported, and is not repeated at once', async () => {
    start()
    const first = await waitForEnd()
    expect(first.state).toBe('BROKEN')
    expect(first.report).toMatchObject({ problems: [{ code: 'subtree-wrong', leaf: 0 }] })
    expect(lines.join('')).toContain('does not match what was signed')
    const { rows } = await pool.query(`select result, detail from audit_entry where action = 'log.verified'`)
    expect(rows).toMatchObject([{ result: 'failed:broken', detail: { found: 1, problem: 'subtree-wrong', leaf: 0 } }])
    expect(await registry.getSingleMetricAsString('seloste_audit_log_problems')).toContain(
      'seloste_audit_log_problems 1',
    )
    await wait(3_500)
    expect((await pool.query('select from log_verification')).rowCount).toBe(1)
  })

  test('ends at once when it is cancelled, in any step', async () => {
    const blocker = await pool.connect()
    await blocker.query('begin; lock table destruction_entry in access exclusive mode')
    const { rows } = await pool.query<{ id: string }>(
      'insert into log_verification (asked_by) values (null) returning id',
    )
    while ((await pool.query(`select from log_verification where state = 'RUNNING'`)).rowCount === 0) await wait(50)
    await pool.query('update log_verification set cancelled_at = now() where id = $1', [rows[0]!.id])
    expect((await waitForEnd(rows[0]!.id)).state).toBe('CANCELLED')
    await blocker.query('rollback')
    blocker.release()
    expect((await pool.query('select from log_verification where report is not null')).rowCount).toBe(1)
  })
})

test('a new log is verified once it has its key: a first start reports no verification that failed', async () => {
  const fresh = await openTestLog(newDatabase as never)
  const { db, pool: custodianPool } = newDatabase.as('seloste_custodian')
  const lines: string[] = []
  const key = Promise.withResolvers<void>()
  const verifying = verifyLogOnDemand({
    ...{ db, pool: custodianPool, ready: key.promise, registry: new Registry() },
    task: {
      ...{ databaseUrl: newDatabase.url('seloste_custodian'), folder: join(fresh.place, 'audit-log'), witnessKeys: [] },
      protections,
    },
    readKey: () => readLogKey(fresh.keys),
    log: makeLog({ name: 'custodian', write: (line) => lines.push(line), pretty: false }),
  })
  try {
    await wait(2_000)
    expect((await newDatabase.as().pool.query('select from log_verification')).rowCount).toBe(0)
    const sequencer = fresh.begin()
    await fresh.sequence(sequencer)
    await fresh.folder.writeKey(writeVerifierKey(sequencer.signer()!))
    key.resolve()
    await expect.poll(() => lines.join(''), { timeout: 15_000 }).toContain('the audit log is whole')
    expect(lines.join('')).not.toContain('"level":"error"')
  } finally {
    await verifying.stop()
  }
})
