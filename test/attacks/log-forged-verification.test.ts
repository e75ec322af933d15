/** R21: the owner of the database writes that the log was verified. */
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Registry } from 'prom-client'
import { expectedProtections } from '#platform/database/protections.ts'
import { makeLog } from '#platform/log/log.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { writeVerifierKey } from '#safeguards/audit/note.ts'
import { newestVerification } from '#safeguards/audit/log-verifications.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'
import { verifyLogOnDemand, type LogVerifier } from '#app/custodian/verify-log.ts'
import { openTestLog } from '#test/audit/open-log.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'

const database = await createTestDatabase<SafeguardTables>()
const custodian = database.as('seloste_custodian')
const { pool } = database.as()
const log = await openTestLog(database)
const elsewhere = await createTestDatabase<SafeguardTables>()
const other = await openTestLog(elsewhere)
let secondVerifier: LogVerifier | undefined
afterAll(() => secondVerifier?.stop())
let verifying: { stop: () => Promise<void> } | undefined
afterAll(() => verifying?.stop())

test('a verification written by the owner of the database does not delay the custodian, which counts only its own', async () => {
  await pool.query(`insert into audit_entry (action, result) select 'contact.read', 'ok' from generate_series(1, 20)`)
  const sequencer = log.begin()
  await log.sequence(sequencer)
  await log.folder.writeKey(writeVerifierKey(sequencer.signer()!))
  verifying = verifyLogOnDemand({
    ...{ db: custodian.db, pool: custodian.pool, registry: new Registry(), intervalMs: () => 500 },
    task: {
      ...{ databaseUrl: database.url('seloste_custodian'), folder: join(log.place, 'audit-log'), witnessKeys: [] },
      protections: await expectedProtections(),
    },
    readKey: () => readLogKey(log.keys),
    log: makeLog({ name: 'custodian', write: () => undefined, pretty: false }),
  })
  const newest = () => newestVerification(custodian.db, sequencer.signer())
  await expect.poll(newest, { timeout: 20_000 }).toMatchObject({ found: 0 })
  // Plants a verification that took a day: if the custodian counted it, the next one would be due only a day later.
  await pool.query(
    `begin; set local session_replication_role = replica;
     update audit_entry set result = 'refused:deny.own' where seq = (select seq from audit_leaf where index = 10);
     insert into log_verification (asked_by, started_at, ended_at, state, entries, report)
     values (null, now() - interval '1 day', now(), 'WHOLE', 20, '{"found": 0}'); commit`,
  )
  await expect.poll(newest, { timeout: 20_000 }).toMatchObject({ found: 1, first: 'entry-altered' })
})

test('compares the protections with those read at the start of the process, even if the file has changed since', async () => {
  const read = await expectedProtections()
  const sequencer = other.begin()
  await other.sequence(sequencer)
  await other.folder.writeKey(writeVerifierKey(sequencer.signer()!))
  secondVerifier = verifyLogOnDemand({
    ...{
      db: elsewhere.as('seloste_custodian').db,
      pool: elsewhere.as('seloste_custodian').pool,
      registry: new Registry(),
    },
    task: {
      ...{ databaseUrl: elsewhere.url('seloste_custodian'), folder: join(other.place, 'audit-log'), witnessKeys: [] },
      // Simulates a file that has lost a trigger known to the process.
      protections: { ...read, protections: { ...read.protections, 'trigger audit_entry of_the_start': 'x' } },
    },
    readKey: () => readLogKey(other.keys),
    log: makeLog({ name: 'custodian', write: () => undefined, pretty: false }),
  })
  await expect
    .poll(() => secondVerifier?.last(), { timeout: 20_000 })
    .toMatchObject({ found: 1, first: 'protection-missing' })
})
