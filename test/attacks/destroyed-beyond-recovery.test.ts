// R22, R50, R52: destroyed recordings cannot be opened with anything that the machine still holds, and nobody delays a
// destruction.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { endBlockingSessions } from '#app/custodian/end-blocking-sessions.ts'
import { sweep } from '#destruction/retention/sweep.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import { viewRecording } from '#register/recordings/view-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { fileKeyOf } from '#safeguards/keys/recording-keys.ts'
import { withoutCopies, type Copies } from '#safeguards/places/copies.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeDestroyer } from '../register/destroy-recordings.ts'
import { callOfMonthsAgo, makeTestRegister, type RecordedSegment } from '../register/make-register.ts'
import { filesIn, openFromImage, wrappedRows, type WrappedRow } from './open-from-image.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const destroyer = makeDestroyer(database, register)
const { pool } = database.as()
const { ingest: context, keys } = register
const now = () => Temporal.Now.instant()

test('no destroyed recording opens with every header, body and key row ever written and the key store as it is right after the receipt', async () => {
  const rows: WrappedRow[] = []
  const collectRows = async () => rows.push(...(await wrappedRows(pool)))
  const makeRecordings = async (count: number, facts?: Parameters<typeof register.record>[0]) => {
    const recordings: RecordedSegment[] = []
    for (let n = 0; n < count; n++) recordings.push(await register.record(facts, { packets: 5 }))
    await collectRows()
    return recordings
  }
  const ingestAll = async (recordings: readonly RecordedSegment[]) => {
    for (const { id } of recordings) await ingestRecording(context, id, now())
    await collectRows()
    return recordings
  }
  /** Recordings that their callers' prohibitions destroy. */
  const [notIngested, ingested] = [await makeRecordings(4), await ingestAll(await makeRecordings(4))]
  /** Recordings destroyed at the end of their term. */
  const old = await ingestAll(await makeRecordings(4, callOfMonthsAgo(7)))
  /** Recordings that are not destroyed, with keys of the same batches: not yet ingested ones, and ingested ones. */
  const [waiting, held] = [await makeRecordings(2), await ingestAll(await makeRecordings(2))]
  const destroyed = [...notIngested, ...ingested, ...old]
  const all = [...destroyed, ...waiting, ...held]
  const loot = {
    headers: new Map(all.map(({ id, header }) => [id, header])),
    bodies: new Map(all.map(({ id, body }) => [id, body])),
  }
  const folder = join(register.folder, 'keys')
  const before = await filesIn(folder)
  // Control: before the destruction the attack opens all of them.
  expect(openFromImage({ ...loot, secrets: before, wrapped: rows }).size).toBe(all.length)

  for (const { id } of [...notIngested, ...ingested]) expect((await destroyer.destroy(id)).destroyed).toEqual([id])
  expect(await sweep(destroyer.expunging, now())).toMatchObject({ recordings: old.length })
  const after = await filesIn(folder)
  await collectRows()
  const opened = openFromImage({ ...loot, secrets: after, wrapped: rows })
  expect(destroyed.filter(({ id }) => opened.has(id))).toEqual([])

  // Ingested recordings are played, and waiting ones are ingested.
  await ingestAll(waiting)
  for (const { id } of [...waiting, ...held]) expect(await fileKeyOf(context.db, keys, id)).toHaveLength(16)
})

test('no recording of an earlier version is destroyed while its day key exists, and the key is destroyed with the last recording that waits for it', async () => {
  const day = Temporal.Now.plainDateISO('UTC')
  const { identity, recipient } = generateKeyPair()
  await keys.write(`intake-${day.toString()}`, Buffer.from(identity))
  await pool.query('insert into intake_key (day, public_key) values ($1, $2)', [day.toString(), recipient])
  const [ingested, waiting] = [
    await register.record({}, { sealedTo: recipient }),
    await register.record({}, { sealedTo: recipient }),
  ]
  await ingestRecording(context, ingested.id, now())
  expect(await destroyer.destroy(ingested.id)).toMatchObject({ destroyed: [], waiting: [{ id: ingested.id }] })
  await ingestRecording(context, waiting.id, now())
  expect((await destroyer.destroy(ingested.id)).destroyed).toEqual([ingested.id])
  const secrets = await filesIn(join(register.folder, 'keys'))
  const loot = { secrets, wrapped: await wrappedRows(pool), bodies: new Map([[ingested.id, ingested.body]]) }
  expect(openFromImage({ ...loot, headers: new Map([[ingested.id, ingested.header]]) })).toEqual(new Set())
  expect(await fileKeyOf(context.db, keys, waiting.id)).toHaveLength(16)
})

test('a recording that shares its intake key with a waiting one, as on a copied disk, is destroyed after that one is ingested', async () => {
  const first = await register.record()
  const second = await register.record({}, { sealedTo: first.intakeKey })
  await database
    .as()
    .db.updateTable('recording')
    .set({ intake_key: first.intakeKey })
    .where('id', '=', second.id)
    .execute()
  expect(await destroyer.destroy(first.id)).toMatchObject({ destroyed: [], waiting: [{ id: first.id }] })
  await ingestRecording(context, second.id, now())
  expect((await destroyer.destroy(first.id)).destroyed).toEqual([first.id])
  expect(await fileKeyOf(context.db, keys, second.id)).toHaveLength(16)
})

test('a recording without an end that names another’s intake key delays that one’s destruction by the length of a call at most', async () => {
  const first = await register.record()
  const endless = await register.record({}, { sealedTo: first.intakeKey })
  await pool.query(`update recording set state = 'CAPTURING', intake_key = $1 where id = $2`, [
    first.intakeKey,
    endless.id,
  ])
  expect(await destroyer.destroy(first.id)).toMatchObject({ destroyed: [], waiting: [{ id: first.id }] })
  await pool.query(`update expunction set begun_at = begun_at - interval '12 hours' where recording_id = $1`, [
    first.id,
  ])
  expect((await destroyer.destroy(first.id)).destroyed).toEqual([first.id])
})

test('the database refuses the state DESTROYED while an intake key can open the recording', async () => {
  const { id } = await register.record()
  await destroyer.forbid(id)
  await pool.query(`update recording set state = 'DESTROYING', cause = 'caller' where id = $1`, [id])
  await expect(pool.query(`update recording set state = 'DESTROYED' where id = $1`, [id])).rejects.toThrow(
    'still has a key',
  )
})

test('the instant of destruction is reported once the recording is destroyed, and equals the ledger’s', async () => {
  const { id } = await register.record()
  await ingestRecording(context, id, now())
  const row = () => database.as().db.selectFrom('recording').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const unreachable: Copies = {
    ...withoutCopies,
    deleteObjects: () => Promise.resolve([{ place: 'p', reached: false }]),
  }
  expect(await destroyer.destroy(id, { copies: unreachable })).toMatchObject({ destroyed: [], waiting: [{ id }] })
  expect(viewRecording(await row(), now())).toEqual({ id, state: 'destroyed', cause: 'caller' })
  expect((await destroyer.destroy(id)).destroyed).toEqual([id])
  const { rows } = await pool.query<{ at: Temporal.Instant }>('select at from destruction_entry where object_id = $1', [
    id,
  ])
  expect(viewRecording(await row(), now()).destroyedAt).toBe(rows[0]!.at.toString())
})

test('a recording past its term that still exists, as under a clock that is ahead, is not reported as destroyed', async () => {
  const { id } = await register.record(callOfMonthsAgo(7))
  await ingestRecording(context, id, now())
  const row = await database.as().db.selectFrom('recording').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  expect(viewRecording(row, now())).toEqual({ id, state: 'expired', cause: 'retention' })
})

test('only the custodian’s role can take a lock that a destruction waits for', async () => {
  const locks = [
    `pg_advisory_lock(hashtextextended('seloste.month-key 2027-03-01', 0))`,
    `pg_advisory_xact_lock(hashtextextended('seloste.sweep', 0))`,
    `pg_try_advisory_lock(hashtextextended('seloste.ends', 0))`,
    `pg_advisory_xact_lock_shared(hashtextextended('seloste.ledger', 0))`,
    `pg_advisory_xact_lock(1, 2)`,
    `pg_try_advisory_xact_lock(1, 2)`,
  ]
  for (const role of ['seloste_capture', 'seloste_desk']) {
    for (const lock of locks) {
      await expect(database.as(role).pool.query(`select ${lock}`), `${role}: ${lock}`).rejects.toThrow(
        'permission denied',
      )
    }
    await expect(database.as(role).pool.query('select * from key_lock for update')).rejects.toThrow('permission denied')
  }
  // Capture still orders its reports of one call with locks that nothing else uses.
  const id = randomUUID().replaceAll('-', '')
  await database.as('seloste_capture').pool.query('select lock_call_ids($1)', [[id]])
})

test.each(['contact', 'segment', 'recording', 'call_identity', 'audit_entry'])(
  'capture’s database role cannot lock tables into which calls are entered: %s',
  async (table) => {
    for (const mode of ['share', 'exclusive', 'access exclusive'])
      await expect(
        database.as('seloste_capture').pool.query(`begin; lock table ${table} in ${mode} mode; rollback`),
      ).rejects.toThrow('permission denied')
  },
)

test('row locks that capture’s database role holds are released, and a destruction continues', async () => {
  const { id } = await register.record()
  await ingestRecording(context, id, now())
  const other = await register.record()
  const capture = await database.as('seloste_capture').pool.connect()
  const broken = new Promise((resolve) => capture.once('error', resolve))
  const reported: unknown[] = []
  const unblocking = endBlockingSessions({
    ...{ databaseUrl: database.url('seloste_custodian'), patienceMs: 500, checkMs: 100 },
    log: { warn: () => undefined, error: (facts: unknown) => reported.push(facts) },
  })
  try {
    await capture.query('begin')
    await capture.query('select id from recording for update')
    expect((await destroyer.destroy(id)).destroyed).toEqual([id])
    await broken
    await expect.poll(() => reported).toEqual([{ role: 'seloste_capture', sessions: 1 }])
    await ingestRecording(context, other.id, now())
  } finally {
    await unblocking.stop()
    capture.release(true)
  }
})
