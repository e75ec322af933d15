// R21: an attacker who has the log's key, such as the machine's administrator, signs another log from some entry on. No
// witness cosigns it; a verification with a witness's key reports up to which entry the witness has seen the log.
import { beforeAll, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { readVerifierKey, type VerifierKey } from '#safeguards/audit/verify/signed-note.ts'
import { verifyDatabase } from '#safeguards/audit/verify/verify-database.ts'
import { verifyExport } from '#safeguards/audit/verify/verify-export.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { cosign, exportLog, makeSigner, sealLog } from '../audit/seal-log.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool, db } = database.as()
const log = makeSigner('seloste/koe/1', 1)
const [witness, stranger] = [makeSigner('witness.example/w1', 4), makeSigner('witness.example/w2', 4)]
const keyOf = (line: string) => readVerifierKey(line) as VerifierKey

const appendEntry = (hoursAgo: number) =>
  pool.query(
    `insert into audit_entry (at, action, object_kind, object_id, result) values (now() - make_interval(hours => $1), 'contact.read', 'contact', gen_random_uuid(), 'ok')`,
    [hoursAgo],
  )

let seenUpTo = 0
beforeAll(async () => {
  await pool.query('alter table audit_entry disable trigger user; delete from audit_pending; delete from audit_entry')
  await pool.query('alter table audit_entry enable trigger user')
  await appendEntry(40)
  const { note, size } = await sealLog(pool, log)
  seenUpTo = size
  const line = cosign(witness, note, Math.floor(Date.now() / 1000) - 30 * 3600)
  await pool.query('insert into audit_cosignature (size, witness, line) values ($1, $2, $3)', [
    size,
    'witness.example/w1',
    line,
  ])
  await appendEntry(0)
  await sealLog(pool, log)
})

const verifyExportFor = async (witnessKey: string) => {
  const files = await exportLog(pool, log)
  return verifyExport(
    { read: (path) => Promise.resolve(files.get(path)), list: () => Promise.resolve([...files.keys()]) },
    { keys: { log: keyOf(log.verifierKey), witnesses: [keyOf(witnessKey)] }, keyLine: log.verifierKey },
  )
}

test('reports entries that a witness has not seen for more than an hour, in the database and in an export', async () => {
  const text = expect.stringMatching(new RegExp(`^witness.example/w1 last cosigned size ${seenUpTo}, at `)) as string
  const keys = { log: keyOf(log.verifierKey), witnesses: [keyOf(witness.verifierKey)] }
  const inDatabase = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((tx) => verifyDatabase(tx, { keys }))
  expect(inDatabase.notes).toContainEqual(text)
  expect((await verifyExportFor(witness.verifierKey)).notes).toContainEqual(text)
})

test('an export without a cosignature of a named witness is not whole', async () => {
  expect((await verifyExportFor(stranger.verifierKey)).problems).toMatchObject([{ code: 'witness-missing' }])
})

test('a hash far beyond the end of the log, written by the owner of the database, does not make a verification endless', async () => {
  await pool.query(`alter table audit_leaf disable trigger user`)
  await pool.query(`insert into audit_leaf (index, seq, hash) values (1000000000000, 999999, sha256('far'))`)
  try {
    const report = await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((tx) =>
        verifyDatabase(tx, {
          keys: { log: keyOf(log.verifierKey), witnesses: [] },
          signal: AbortSignal.timeout(10_000),
        }),
      )
    expect(report.problems).toContainEqual(expect.objectContaining({ code: 'leaf-missing' }))
  } finally {
    await pool.query(`delete from audit_leaf where index = 1000000000000`)
    await pool.query(`alter table audit_leaf enable trigger user`)
  }
})
