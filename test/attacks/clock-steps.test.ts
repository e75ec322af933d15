import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { advanceClock } from '#destruction/clock.ts'
import { endExpiredHolds } from '#destruction/destroy-blocked.ts'
import { generateKeyPair } from '#platform/age/age-header.ts'
import { sweep } from '#destruction/retention/sweep.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { destroyUnneededDayKeys } from '#safeguards/keys/day-keys.ts'
import { deleteOldIntakeBatches } from '#safeguards/keys/intake-keys.ts'
import { renewIntakeKey } from '#safeguards/keys/renew-intake-key.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { openDestructionDesk } from '#test/ends/open-destruction-desk.ts'

// A clock that is set or runs wrong destroys nothing before its day, because a destruction cannot be undone. Tests
// shift the clock marks stored in the register instead of the clock: only the difference counts.
const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const { admin, custodian, makeRecordingUntil, makeRecording, stateOf, post, expunging, register } = ends
const owner = database.as().pool
const watcher = randomUUID()
const now = () => Temporal.Now.instant()

/**
 * Simulates a clock that was just set forward by this much since the custodian's last check; a negative value sets it
 * back.
 */
async function stepClock(by: string): Promise<void> {
  await owner.query('update clock_mark set at = at - $1::interval, seen = seen - $1::interval', [by])
}

/** Runs the custodian's clock check after this many hours of its own running time, and then a sweep. */
async function runFor(hours: number) {
  const state = await advanceClock(custodian, Temporal.Duration.from({ minutes: Math.round(hours * 60) }), watcher)
  await sweep(expunging, now())
  await endExpiredHolds(custodian)
  return state
}

async function isIngested(id: string): Promise<boolean> {
  const { kept_at } = await admin
    .selectFrom('recording')
    .select('kept_at')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return kept_at !== null
}

/** Simulates the start of the custodian. */
const startCustodian = () => advanceClock(custodian, new Temporal.Duration(), watcher)

beforeEach(async () => {
  await owner.query(`update clock_stop set ended_at = now(), confirmed = false where ended_at is null`)
  await owner.query(
    `update clock_mark set at = now(), leapt = '0', seen = now(), gained = '0', is_watched = false, watcher = null`,
  )
})

test('an ended right or employment stays ended when the clock is set back', async () => {
  const call = await makeRecording()
  const ending = now().subtract({ minutes: 30 })
  const listeningStatus = async () => (await post('tuula', `/api/recordings/${call.id}/listenings`, access)).status
  const access = { purpose: 'CRIME_OR_MISUSE', reference: 'R-1' }
  expect(await listeningStatus()).toBe(201)
  const { tuula } = ends.people
  const set = (table: 'access_right' | 'person', column: string, at: Temporal.Instant | null) =>
    admin.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      const ownerFilter = table === 'person' ? 'id' : 'person_id'
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${at} where ${sql.ref(ownerFilter)} = ${tuula.id}`.execute(
        tx,
      )
    })
  for (const [table, column] of [
    ['access_right', 'valid_to'],
    ['person', 'employed_to'],
  ] as const) {
    await set(table, column, ending.add({ hours: 1 }))
    expect(await listeningStatus(), column).toBe(201)
    // Simulates a clock that was an hour ahead and was set back.
    await stepClock('-1 hour')
    expect(await listeningStatus(), column).toBeGreaterThanOrEqual(400)
    await owner.query('update clock_mark set at = now(), seen = now()')
    expect(await listeningStatus(), column).toBe(201)
    await set(table, column, null)
  }
})

describe('a clock that runs ahead while the custodian runs', () => {
  test('by a little less than real time each hour destroys nothing before its day, and is detected', async () => {
    await startCustodian()
    const states = new Set<string>()
    const creep = async (hours: number) => {
      for (let hour = 0; hour < hours; hour++) {
        await stepClock('119 minutes')
        states.add(await advanceClock(custodian, Temporal.Duration.from({ hours: 1 }), watcher))
      }
    }
    await creep(10)
    // The clock reached its day five hours ago; real time reaches it in five.
    const due = await makeRecordingUntil(-5)
    await sweep(expunging, now())
    expect(await stateOf(due.id)).toMatchObject({ state: 'STORED' })
    await creep(30)
    const later = await makeRecordingUntil(-30)
    await sweep(expunging, now())
    expect(await stateOf(later.id)).toMatchObject({ state: 'STORED' })
    expect([...states]).toEqual(['right', 'ahead'])
  })

  test('by less than a day at once destroys nothing before its day and ends no order, and is trusted again once it is corrected', async () => {
    await startCustodian()
    await runFor(1 / 60)
    const [due, held] = [await makeRecordingUntil(-12), await makeRecording()]
    const until = now().add({ hours: 1 }).toString()
    const order = { provision: '806/2011 8:24', authority: 'Poliisi', orderReference: 'R/1', reference: 'T-1', until }
    expect((await post('tuula', '/api/holds', { contactId: held.contactId, covers: 'both', ...order })).status).toBe(
      201,
    )
    await admin.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      await sql`update preservation_order set until = now() - interval '12 hours'`.execute(tx)
    })
    const orderEnded = async () =>
      (await owner.query('select ended_at from preservation_order')).rows[0].ended_at as Date | null
    await stepClock('21 hours')
    expect(await runFor(1 / 60)).toBe('right')
    expect(await stateOf(due.id)).toMatchObject({ state: 'STORED' })
    expect(await orderEnded()).toBeNull()
    await stepClock('-21 hours')
    expect(await runFor(1 / 60)).toBe('behind')
    expect(await stateOf(due.id)).toMatchObject({ state: 'DESTROYED' })
    expect(await orderEnded()).not.toBeNull()
  })

  test('by less than a day at once, between two checks of the custodian, destroys nothing', async () => {
    await startCustodian()
    await runFor(1 / 60)
    const due = await makeRecordingUntil(-12)
    await stepClock('20 hours')
    await sweep(expunging, now())
    expect(await stateOf(due.id)).toMatchObject({ state: 'STORED' })
    // Another process also detects the step, and does not count it as elapsed time.
    expect(await advanceClock(custodian, Temporal.Duration.from({ minutes: 1 }), randomUUID())).toBe('right')
    await sweep(expunging, now())
    expect(await stateOf(due.id)).toMatchObject({ state: 'STORED' })
  })

  test('is measured by the running time of one process, not by the sum of two', async () => {
    await startCustodian()
    const other = randomUUID()
    await advanceClock(custodian, new Temporal.Duration(), other)
    await startCustodian()
    for (let minute = 0; minute < 30; minute++) {
      await stepClock('119 seconds')
      await advanceClock(custodian, Temporal.Duration.from({ minutes: 1 }), watcher)
      await advanceClock(custodian, Temporal.Duration.from({ minutes: 1 }), other)
    }
    const { rows } = await owner.query(`select gained between '29 minutes' and '30 minutes' as counted from clock_mark`)
    expect(rows).toEqual([{ counted: true }])
  })

  test('is accepted once two people have confirmed it', async () => {
    await startCustodian()
    const due = await makeRecordingUntil(-12)
    await stepClock('25 hours')
    expect(await runFor(1 / 60)).toBe('ahead')
    for (const name of ['dora', 'asta'] as const) {
      expect((await post(name, '/api/retention/clock', { now: now().toString() })).status).toBe(204)
    }
    expect(await runFor(1 / 60)).toBe('right')
    expect(await stateOf(due.id)).toMatchObject({ state: 'DESTROYED' })
  })
})

test('a clock that was behind for a day and was corrected counts as right', async () => {
  await startCustodian()
  await runFor(1 / 60)
  const due = await makeRecordingUntil(-0.5)
  await stepClock('-25 hours')
  expect(await runFor(1 / 60)).toBe('behind')
  await stepClock('25 hours')
  expect(await runFor(1 / 60)).toBe('right')
  expect(await stateOf(due.id)).toMatchObject({ state: 'DESTROYED' })
})

test('a machine that starts with its clock 20 hours ahead destroys nothing until that time has really passed', async () => {
  const due = await makeRecordingUntil(-12)
  await stepClock('20 hours')
  expect(await startCustodian()).toBe('right')
  await sweep(expunging, now())
  expect(await stateOf(due.id)).toMatchObject({ state: 'STORED' })
  await stepClock('10 hours')
  expect(await runFor(10)).toBe('right')
  expect(await stateOf(due.id)).toMatchObject({ state: 'DESTROYED' })
})

describe('a clock forty-five days ahead', () => {
  test('deletes no intake key: recordings not yet ingested can be decrypted', async () => {
    const waiting = await register.record()
    await owner.query(`update intake_batch set taken_at = now() - interval '41 days' where taken_at is not null`)
    await stepClock('45 days')
    expect(await startCustodian()).toBe('ahead')
    await deleteOldIntakeBatches(custodian)
    await renewIntakeKey(custodian, register.keys)
    await ingestRecording(register.ingest, waiting.id, now())
    expect(await isIngested(waiting.id)).toBe(true)
  })

  test('deletes no day key of an earlier version while a recording needs it', async () => {
    const { identity, recipient } = generateKeyPair()
    const day = Temporal.Now.plainDateISO('UTC')
    await register.keys.write(`intake-${day.toString()}`, Buffer.from(identity))
    await owner.query('insert into intake_key (day, public_key) values ($1, $2)', [day.toString(), recipient])
    const waiting = await register.record({}, { sealedTo: recipient })
    await stepClock('45 days')
    expect(await startCustodian()).toBe('ahead')
    await destroyUnneededDayKeys(custodian, register.keys, now().add({ hours: 24 * 45 }))
    await ingestRecording(register.ingest, waiting.id, now())
    expect(await isIngested(waiting.id)).toBe(true)
  })
})

test('keeps an intake key of any age while its recording is not ingested', async () => {
  const waiting = await register.record()
  await owner.query(`update intake_batch set taken_at = now() - interval '41 days' where taken_at is not null`)
  await deleteOldIntakeBatches(custodian)
  await renewIntakeKey(custodian, register.keys)
  await ingestRecording(register.ingest, waiting.id, now())
  expect(await isIngested(waiting.id)).toBe(true)
})
