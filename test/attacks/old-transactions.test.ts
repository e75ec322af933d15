// R22, R24, R39: the role of capture or of the desk keeps a transaction or a snapshot open and acts in it later. Time stands
// still in it: no call gets old, nobody signs out, and an entry of the log can be committed long after its time.
import { randomUUID } from 'node:crypto'
import type { PoolClient } from 'pg'
import { afterEach, expect, test } from 'vitest'
import { endBlockingSessions } from '#app/custodian/end-blocking-sessions.ts'
import { admit } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, enterTestPerson, recordingFacts } from '#test/database/people.ts'

const database = await createTestDatabase<RegisterTables>()
const owner = database.as().pool
const capture = database.as('seloste_capture')
const desk = database.as('seloste_desk')
afterEach(() => owner.query('update clock_mark set at = now()'))

const refused = /read committed/
const snapshotOf = async (client: PoolClient) =>
  (await client.query<{ id: string }>('select pg_export_snapshot() as id')).rows[0]!.id

async function recordedCall() {
  const startedAt = Temporal.Now.instant().subtract({ hours: 2 })
  const [answeredAt, endedAt] = [startedAt.add({ seconds: 5 }), startedAt.add({ minutes: 5 })]
  const stored = { sizeBytes: 1_000, incomplete: false, packetsReceived: 9, packetsLost: 0, sha256: Buffer.alloc(32) }
  const call = callFacts({
    ...{ trunk: 'trunk:border', startedAt, answeredAt, endedAt, callIds: [`ucid:${randomUUID()}`] },
    recording: { ...recordingFacts(), startedAt: answeredAt, endedAt, stored },
  })
  await admit(capture.db, call)
  return call
}

test('a call cannot be assigned to another official forty days later, not even in a snapshot from its first day', async () => {
  const { segmentId } = await recordedCall()
  const official = async () =>
    (await owner.query('select official_person_id, official_phone from segment where id = $1', [segmentId])).rows
  const before = await official()
  const assign = (by: Pick<PoolClient, 'query'>) =>
    by.query('update segment set official_person_id = $2, official_phone = $3 where id = $1', [
      ...[segmentId, randomUUID(), '+358295121009'],
    ])
  const [held, later] = [await capture.pool.connect(), await capture.pool.connect()]
  try {
    await held.query('begin isolation level repeatable read')
    const snapshot = await snapshotOf(held)
    await owner.query(`update clock_mark set at = now() + interval '40 days'`)
    await later.query('begin isolation level repeatable read')
    await later.query(`set transaction snapshot '${snapshot}'`)
    await expect(assign(later)).rejects.toThrow(refused)
    await expect(assign(held)).rejects.toThrow(refused)
    await assign(capture.pool)
  } finally {
    for (const client of [held, later]) client.release(true)
  }
  expect(await official()).toEqual(before)
})

test('capture writes no row and no entry in a snapshot that it keeps', async () => {
  const { contactId } = await recordedCall()
  const held = await capture.pool.connect()
  try {
    for (const act of [
      `update call_identity set contact_id = '${contactId}' where contact_id = '${contactId}'`,
      `insert into audit_entry (action, object_kind, object_id, result) values ('call.admitted', 'contact', '${contactId}', 'ok')`,
      `insert into contact (id, started_at, caller_kind, number_called, number_kind)
       values (gen_random_uuid(), now(), 'withheld', '+35829497000', 'NATIONAL_SERVICE')`,
    ]) {
      await held.query('begin isolation level repeatable read')
      await expect(held.query(act), act).rejects.toThrow(refused)
      await held.query('rollback')
    }
  } finally {
    held.release(true)
  }
})

test('the desk acts in nobody’s name after a sign-out, also in an exported snapshot from before', async () => {
  const person = await enterTestPerson(database.as().db, desk.db, { name: 'Aino', phone: '029 512 1001' })
  const { token } = await person.signIn()
  const [keeper, worker] = [await desk.pool.connect(), await desk.pool.connect()]
  const viewer = async () => (await worker.query<{ is: string | null }>('select viewer() as is')).rows[0]!.is
  const sign = () => worker.query(`select set_config('seloste.session', $1, true)`, [token])
  try {
    await keeper.query('begin isolation level repeatable read')
    const snapshot = await snapshotOf(keeper)
    await worker.query('begin')
    await sign()
    expect(await viewer()).toBe(person.id)
    await worker.query('rollback')
    await owner.query('update session set ended_at = now() where person_id = $1', [person.id])
    await worker.query(`begin isolation level repeatable read`)
    await worker.query(`set transaction snapshot '${snapshot}'`)
    await sign()
    expect(await viewer()).toBeNull()
    // An entry that needs no name is refused too.
    await expect(
      worker.query(`insert into audit_entry (action, result) values ('sign-in.delayed', 'ok')`),
    ).rejects.toThrow(refused)
  } finally {
    for (const client of [keeper, worker]) client.release(true)
  }
})

test('the custodian ends an old transaction of capture or the desk, so that its changes are never committed', async () => {
  const { contactId } = await recordedCall()
  const count = async () =>
    (await owner.query(`select count(*)::int as n from audit_entry where object_id = $1`, [contactId])).rows
  const before = await count()
  const clients = [await capture.pool.connect(), await desk.pool.connect()]
  const broken = clients.map((client) => new Promise((resolve) => client.once('error', resolve)))
  const idle = await capture.pool.connect()
  const reported: unknown[] = []
  for (const client of clients) await client.query('begin')
  await clients[0]!.query(
    `insert into audit_entry (action, object_kind, object_id, result) values ('call.admitted', 'contact', $1, 'ok')`,
    [contactId],
  )
  const ending = endBlockingSessions({
    ...{ databaseUrl: database.url('seloste_custodian'), oldMs: 500, checkMs: 100 },
    log: { warn: () => undefined, error: (facts: unknown) => reported.push(facts) },
  })
  try {
    await Promise.all(broken)
    await expect.poll(() => reported).toContainEqual({ role: 'seloste_capture', sessions: 1 })
    await expect.poll(() => reported).toContainEqual({ role: 'seloste_desk', sessions: 1 })
    await expect(clients[0]!.query('commit')).rejects.toThrow(/closed|not queryable|terminated/)
    // A connection without a transaction stays.
    await idle.query('select 1')
  } finally {
    await ending.stop()
    for (const client of [...clients, idle]) client.release(true)
  }
  expect(await count()).toEqual(before)
})
