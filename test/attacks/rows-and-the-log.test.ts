// R23, R24, R49, R50: rows that the database's owner plants, moves, extends, reopens or deletes are compared with all
// their entries in the audit log and the destruction ledger, not only with the entry that opened them. A restore
// excuses only what it can have replayed.
import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { destroyBlocked, endExpiredHolds } from '#destruction/destroy-blocked.ts'
import type { RegisterTables } from '#register/tables.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import { signDetail } from '#safeguards/audit/signed-entries.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool } = database.as()
const promises = await makeTestPromises(database)
const { check, tamper, key, aino, colleague, matti, recordings, register, decide } = promises
const custodian = database.as('seloste_custodian').db
const { expunging } = makeDestroyer(database, register)
const brokenPromises = async () => (await check()).broken.map(({ promise }) => promise)
const { older, colleagues } = recordings

const undoSteps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const undo of undoSteps.splice(0).reverse()) await undo()
  await tamper(
    'delete from preservation_order',
    'delete from inspection_recording',
    'delete from inspection',
    'delete from prohibition where executed_at is null',
    `delete from audit_entry where reference = 'planted'`,
  )
  expect(await brokenPromises()).toEqual([])
})

async function log(action: string, object: string, detail: object, ago = '0') {
  await pool.query(
    `insert into audit_entry (action, result, object_kind, object_id, detail, at, reference)
     values ($1, 'ok', 'x', $2, $3, now() - $4::interval, 'planted')`,
    [action, object, JSON.stringify(detail), ago],
  )
}

/**
 * Enters a signed restore that lost an hour, as earlier versions did, which did not log what they replayed. Returns an
 * instant in that hour.
 */
async function writeRestore(ago: string, detail: object = {}) {
  const { rows } = await pool.query<{ snapshotAt: string; restoredAt: string; at: string }>(
    `select to_char(t at time zone 'UTC', f) as "snapshotAt", to_char((t + interval '1 hour') at time zone 'UTC', f) as "restoredAt",
       to_char((t + interval '30 minutes') at time zone 'UTC', f) as at
     from (select now() - $1::interval as t, 'YYYY-MM-DD"T"HH24:MI:SS"Z"' as f) x`,
    [ago],
  )
  const { snapshotAt, restoredAt, at } = rows[0]!
  await pool.query(
    `insert into audit_entry (action, object_kind, result, at, detail, reference) values ('backup.restored', 'backup', 'ok', $1, $2, 'planted')`,
    [
      restoredAt,
      JSON.stringify(signDetail(key, 'backup.restored', { backup: 'x', snapshotAt, restoredAt, ...detail })),
    ],
  )
  return at
}

const order = (id: string, from: string, until: string) =>
  `insert into preservation_order (id, contact_id, contact_started_at, covers, provision, authority, order_reference, reference, from_at, until, entered_by)
   select '${id}', c.id, c.started_at, 'both', '8:24', 'Poliisi', 'M-1', 'R-1', ${from}, ${until}, '${matti.id}'
   from contact c where c.id = '${older.contactId}'`

/** Moves the destruction day of an older recording, and of its call, into the past. */
async function makeOverdue() {
  const { rows } = await pool.query<{ destroy: string; kept: string; history: string }>(
    `select r.destroy_at::text as destroy, r.kept_at::text as kept, c.history_ends_at::text as history
     from recording r join contact c on c.id = r.contact_id where r.id = $1`,
    [older.id],
  )
  const { destroy, kept, history } = rows[0]!
  await tamper(
    `update recording set destroy_at = now() - interval '3 hours', kept_at = now() - interval '4 hours' where id = '${older.id}'`,
    `update contact set history_ends_at = now() - interval '3 hours' where id = '${older.contactId}'`,
  )
  undoSteps.push(() =>
    tamper(
      `update recording set destroy_at = '${destroy}', kept_at = '${kept}' where id = '${older.id}'`,
      `update contact set history_ends_at = '${history}' where id = '${older.contactId}'`,
    ),
  )
}

test('an order that ended according to the log, and is in force again, does not keep a recording', async () => {
  const id = randomUUID()
  const until = new Date(Date.now() + 20 * 864e5)
  await tamper(order(id, `now() - interval '60 days'`, `'${until.toISOString()}'`))
  await log('hold.entered', id, { until }, '60 days')
  await makeOverdue()
  expect(await brokenPromises()).toEqual([])
  await log('hold.ended', id, { by: 'person' }, '1 day')
  expect(await brokenPromises()).toEqual(expect.arrayContaining(['history.term', 'recordings.ceiling']))
})

test('an order that lasts longer than in the log keeps no recording, but a logged renewal does', async () => {
  const id = randomUUID()
  const until = new Date(Date.now() + 80 * 864e5)
  await tamper(order(id, `now() - interval '60 days'`, `'${until.toISOString()}'`))
  await log('hold.entered', id, { until: new Date(Date.now() + 10 * 864e5) }, '60 days')
  await makeOverdue()
  expect(await brokenPromises()).toContain('recordings.ceiling')
  await log('hold.renewed', id, { until })
  expect(await brokenPromises()).toEqual([])
})

test('an order whose log entry has no end, as in earlier versions, lasts three months', async () => {
  const id = randomUUID()
  await tamper(order(id, `now() - interval '60 days'`, `now() + interval '20 days'`))
  await log('hold.entered', id, {}, '60 days')
  await makeOverdue()
  expect(await brokenPromises()).toEqual([])
  await tamper(`update preservation_order set until = now() + interval '60 days'`)
  expect(await brokenPromises()).toContain('recordings.ceiling')
})

test('an order dated into a time lost by a restore, but before its call was made, keeps no recording', async () => {
  const at = await writeRestore('400 days')
  await tamper(order(randomUUID(), `'${at}'`, `now() + interval '80 days'`))
  await makeOverdue()
  expect(await brokenPromises()).toContain('recordings.ceiling')
})

test('an order dated into a time lost by a restore keeps a recording only if the ledger has it, and for three months at most', async () => {
  const at = await writeRestore('5 days')
  const id = randomUUID()
  await tamper(order(id, `'${at}'`, `now() + interval '80 days'`))
  await makeOverdue()
  expect(await brokenPromises()).toContain('recordings.ceiling')
  await pool.query(`select append_to_ledger('hold', $1, 'entered', '{}')`, [id])
  expect(await brokenPromises()).toEqual([])
  await tamper(`update preservation_order set until = now() + interval '100 days'`)
  expect(await brokenPromises()).toContain('recordings.ceiling')
})

test('a restore that logs what it replays excuses nothing that is not in the log', async () => {
  const at = await writeRestore('5 days', { logged: true })
  const id = randomUUID()
  await tamper(order(id, `'${at}'`, `now() + interval '80 days'`))
  await pool.query(`select append_to_ledger('hold', $1, 'entered', '{}')`, [id])
  await makeOverdue()
  expect(await brokenPromises()).toContain('recordings.ceiling')
})

test('an order dated before the first entry of a pruned log, and before its call, keeps no recording', async () => {
  await pool.query(
    `insert into audit_entry (action, object_kind, result, reference) values ('log.pruned', 'log', 'ok', 'planted')`,
  )
  await tamper(order(randomUUID(), `now() - interval '6 years'`, `now() + interval '80 days'`))
  await makeOverdue()
  expect(await brokenPromises()).toContain('recordings.ceiling')
})

/** Enters a prohibition by the official of a call, also in the log. */
async function enterProhibition() {
  const id = randomUUID()
  await log('recording.forbidden', id, { recording: colleagues.id, party: 'OFFICIAL' }, '2 days')
  await tamper(
    `insert into prohibition (id, recording_id, party, channel, entered_by, received_at)
     values ('${id}', '${colleagues.id}', 'OFFICIAL', 'OWN_CALLS', '${colleague.id}', now() - interval '2 days')`,
  )
  return id
}

const inspection = (id: string, at: string) => [
  `insert into inspection (id, reference, party, contact_id, contact_started_at, received_at, opened_at, opened_by)
   select '${id}', 'P-2026-99', 'CALLER', contact_id, contact_started_at, ${at}, ${at}, '${aino.id}' from recording where id = '${colleagues.id}'`,
  `insert into inspection_recording values ('${id}', '${colleagues.id}')`,
]

test('an inspection that is closed in the log and open again keeps no prohibition waiting', async () => {
  const id = randomUUID()
  await tamper(...inspection(id, `now() - interval '9 days'`))
  await log('inspection.opened', id, { recordings: [colleagues.id] }, '9 days')
  await enterProhibition()
  expect(await brokenPromises()).toEqual([])
  await log('inspection.closed', id, { outcome: 'answered' }, '5 days')
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
})

test('an inspection dated into a time lost by a restore, before the call was made, keeps no prohibition waiting', async () => {
  const at = await writeRestore('400 days')
  await tamper(...inspection(randomUUID(), `'${at}'`))
  await enterProhibition()
  expect(await brokenPromises()).toEqual(['prohibitions.obeyed'])
})

test('a deleted waiting prohibition is reported missing, unless a correction withdrew it', async () => {
  const id = await enterProhibition()
  const inspected = randomUUID()
  await tamper(...inspection(inspected, `now() - interval '9 days'`))
  await log('inspection.opened', inspected, { recordings: [colleagues.id] }, '9 days')
  expect(await brokenPromises()).toEqual([])
  await tamper(`delete from prohibition where id = '${id}'`)
  expect((await check()).broken).toMatchObject([
    { promise: 'prohibitions.obeyed', facts: { overdue: 1, example: colleagues.id } },
  ])
  await log('recording.prohibition-withdrawn', id, { recording: colleagues.id })
  expect(await brokenPromises()).toEqual([])
})

/** Records a call whose minimum retention has not ended. */
async function recordYoungCall(): Promise<string> {
  const { id } = await register.record(decide(true), { months: 6 })
  await ingestRecording(register.ingest, id, Temporal.Now.instant())
  return id
}

/**
 * Destroys the forbidden recording before its minimum retention ends. After the test, rows and log state that the
 * caller requested this destruction.
 */
async function destroyForbidden(id: string) {
  await endExpiredHolds(custodian)
  await destroyBlocked(expunging, Temporal.Now.instant())
  const { rows } = await pool.query(
    `select state, cause, destroyed_at < min_keep_until as early from recording where id = $1`,
    [id],
  )
  expect(rows).toEqual([{ state: 'DESTROYED', cause: 'caller', early: true }])
  undoSteps.push(async () => {
    const prohibition = randomUUID()
    await tamper(
      `delete from prohibition where recording_id = '${id}'`,
      `insert into prohibition (id, recording_id, party, channel, entered_by, executed_at) values ('${prohibition}', '${id}', 'CALLER', 'LETTER', '${aino.id}', now())`,
      `update recording r set cause = e.cause, destroyed_at = e.at from destruction_entry e where e.object_id = r.id and r.id = '${id}'`,
      `insert into audit_entry (action, object_kind, object_id, result, detail) values ('recording.forbidden', 'prohibition', '${prohibition}', 'ok', '{"recording": "${id}"}')`,
    )
  })
}

const forbid = (id: string, recording: string, at = 'now()') =>
  tamper(
    `insert into prohibition (id, recording_id, party, channel, entered_by, received_at)
     values ('${id}', '${recording}', 'CALLER', 'LETTER', '${aino.id}', ${at})`,
  )

test('a logged prohibition of another recording, moved to a recording whose minimum retention has not ended, is reported', async () => {
  const id = await recordYoungCall()
  const prohibition = randomUUID()
  await log('recording.forbidden', prohibition, { recording: promises.destroyed.byTerm.id, party: 'CALLER' })
  await forbid(prohibition, id)
  await destroyForbidden(id)
  expect((await check()).broken).toMatchObject([{ promise: 'recordings.floor', facts: { early: 1, example: id } }])
})

test('a prohibition dated into a time lost by a restore, before the call was made, is reported', async () => {
  const id = await recordYoungCall()
  await forbid(randomUUID(), id, `'${await writeRestore('400 days')}'`)
  await destroyForbidden(id)
  expect(await brokenPromises()).toEqual(['recordings.floor'])
})

test('a destruction by a planted prohibition is reported even if its row states that the term ended the recording', async () => {
  const id = await recordYoungCall()
  await forbid(randomUUID(), id)
  await destroyForbidden(id)
  await tamper(
    `delete from prohibition where recording_id = '${id}'`,
    `update recording set cause = 'retention', destroyed_at = destroy_at where id = '${id}'`,
  )
  expect(await brokenPromises()).toContain('recordings.floor')
})
