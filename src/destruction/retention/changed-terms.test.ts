import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts, phone, recordingFacts } from '#test/database/people.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { callOfMonthsAgo, makeTestRegister } from '#test/register/make-register.ts'
import { editDescription } from '#description/edit/edit-description.ts'
import { parseDescription, seedDescriptionFile } from '#description/read-description.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { recordingTerms } from '#description/terms.ts'
import { admit } from '#register/admit.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { applyTerms } from './apply-terms.ts'
import { dryRunTerms } from './dry-run.ts'
import { sweep } from './sweep.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const admin = database.as().db
const { pool } = database.as()
const capture = database.as('seloste_capture').db
const custodian = database.as('seloste_custodian').db
const now = () => Temporal.Now.instant().round({ smallestUnit: 'second', roundingMode: 'floor' })

const seed = await readFile(seedDescriptionFile, 'utf8')
/** The seed with other months for the service numbers, from now on. */
function versionWith(months: number, effectiveFrom = now()): RegisterDescription {
  const edits = [{ path: ['recordingPlan', 'rules', 0, 'recordingMonths'], value: months }]
  const parsed = parseDescription(editDescription(seed, edits))
  if (!parsed.ok) throw new Error('the seed cannot be read')
  return { ...parsed.description, effectiveFrom }
}

/** Makes a recording of a call that ended at the given instant, under a rule of this many months. */
async function makeRecording(endedAt: Temporal.Instant, months = 6, number = '029 497 000'): Promise<string> {
  const id = randomUUID()
  const startedAt = endedAt.subtract({ minutes: 4 })
  await admit(capture, {
    ...callFacts({
      startedAt: endedAt.subtract({ minutes: 5 }),
      answeredAt: startedAt,
      endedAt,
      numberReached: { key: phone(number) },
    }),
    decision: { record: true, reason: 'drawn' },
    recording: recordingFacts({ id, startedAt, endedAt, months }),
  })
  return id
}

const rowOf = (id: string) => admin.selectFrom('recording').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const monthsAgo = (months: number, days = 0) =>
  Temporal.Now.zonedDateTimeISO('Europe/Helsinki')
    .subtract({ months, days })
    .toInstant()
    .round({ smallestUnit: 'second' })
const run = (description: RegisterDescription, at = now()) => applyTerms(custodian, description, at)

beforeEach(async () => {
  // The next test starts without recordings.
  await pool.query('begin; set local session_replication_role = replica; delete from recording; commit')
})

describe('a shorter term', () => {
  test('applies to existing recordings: each gets the day by its call and the new months', async () => {
    const endedAt = monthsAgo(2, 10)
    const id = await makeRecording(endedAt)
    expect((await rowOf(id)).destroy_at).toEqual(recordingTerms(endedAt, 6).destroyAt)
    expect(await run(versionWith(3))).toBe(1)
    expect(await rowOf(id)).toMatchObject({
      recording_months: 3,
      destroy_at: recordingTerms(endedAt, 3).destroyAt,
      state: 'STORED',
    })
    expect(await run(versionWith(3))).toBe(0)
  })

  test('that is already over schedules destruction for the moment when it takes effect, not earlier', async () => {
    const id = await makeRecording(monthsAgo(5))
    const at = now()
    await run(versionWith(3), at)
    expect((await rowOf(id)).destroy_at).toEqual(at)
  })

  test('is logged with the version, the months and the recordings', async () => {
    const id = await makeRecording(monthsAgo(1))
    await run(versionWith(4))
    const { rows } = await pool.query<{ detail: unknown }>(
      `select detail from audit_entry where action = 'terms.shortened' order by seq desc limit 1`,
    )
    expect(rows[0]?.detail).toEqual({ version: 1, months: 4, recordings: [id] })
  })

  test('never goes below a recording’s promised minimum (R23)', async () => {
    const id = await makeRecording(monthsAgo(1))
    const floor = (await rowOf(id)).min_keep_until!
    const later = floor.add({ hours: 24 })
    await pool.query('update recording set min_keep_until = $2 where id = $1', [id, later.toString()])
    await run(versionWith(2))
    const row = await rowOf(id)
    expect(row.recording_months).toBe(2)
    expect(row.destroy_at).toEqual(later)
    expect(row.min_keep_until).toEqual(later)
  })

  test('does not change other numbers, numbers without a rule, and destroyed recordings', async () => {
    const others = [
      await makeRecording(monthsAgo(1), 2, '029 497 099'),
      await makeRecording(monthsAgo(1), 6, '029 497 777'),
    ]
    const destroyed = await makeRecording(monthsAgo(1))
    await makeDestroyer(database, register).forbid(destroyed)
    await pool.query(`update recording set state = 'DESTROYED', cause = 'caller', destroyed_at = now() where id = $1`, [
      destroyed,
    ])
    const before = await Promise.all([...others, destroyed].map(rowOf))
    expect(await run(versionWith(3))).toBe(0)
    expect(await Promise.all([...others, destroyed].map(rowOf))).toEqual(before)
  })

  test('applies to a call in progress only after the call has ended', async () => {
    const facts = callFacts({ endedAt: undefined })
    const id = randomUUID()
    await admit(capture, {
      ...facts,
      decision: { record: true, reason: 'drawn' },
      recording: recordingFacts({ id, endedAt: undefined, stored: undefined }),
    })
    expect(await run(versionWith(3))).toBe(0)
    const endedAt = now()
    await admit(capture, {
      ...facts,
      endedAt,
      decision: { record: true, reason: 'drawn' },
      recording: recordingFacts({ id, endedAt }),
    })
    expect((await rowOf(id)).destroy_at).toEqual(recordingTerms(endedAt, 6).destroyAt)
    expect(await run(versionWith(3))).toBe(1)
    expect((await rowOf(id)).destroy_at).toEqual(recordingTerms(endedAt, 3).destroyAt)
  })

  test('still applies if a later report shows that the call continued', async () => {
    const endedAt = monthsAgo(1)
    const startedAt = endedAt.subtract({ hours: 1 })
    const facts = callFacts({ answeredAt: startedAt, startedAt, endedAt })
    const id = randomUUID()
    const recording = recordingFacts({ id, startedAt, endedAt })
    await admit(capture, { ...facts, decision: { record: true, reason: 'drawn' }, recording })
    await run(versionWith(3))
    const later = endedAt.add({ minutes: 20 })
    const ongoing = callFacts({
      callIds: facts.callIds,
      startedAt: facts.startedAt,
      answeredAt: endedAt,
      endedAt: later,
    })
    await admit(capture, ongoing)
    expect((await rowOf(id)).destroy_at).toEqual(recordingTerms(later, 3).destroyAt)
  })
})

describe('a longer term', () => {
  test('changes no existing recording', async () => {
    const id = await makeRecording(monthsAgo(1), 3)
    const before = await rowOf(id)
    expect(await run(versionWith(6))).toBe(0)
    expect(await rowOf(id)).toEqual(before)
  })

  test('is refused by the database, too', async () => {
    const id = await makeRecording(monthsAgo(1), 3)
    for (const role of [undefined, 'seloste_custodian']) {
      const longer = database.as(role).pool.query('update recording set recording_months = 4 where id = $1', [id])
      await expect(longer).rejects.toThrow('no longer')
    }
    const later = `update recording set destroy_at = destroy_at + interval '1 hour' where id = $1`
    await expect(database.as('seloste_custodian').pool.query(later, [id])).rejects.toThrow('no later')
  })
})

describe('the dry run', () => {
  const total = (counted: { destroyed: number; shortened: number }[]) => ({
    destroyed: counted.reduce((sum, { destroyed }) => sum + destroyed, 0),
    shortened: counted.reduce((sum, { shortened }) => sum + shortened, 0),
  })

  test('counts what would be destroyed and shortened, and changes nothing', async () => {
    const ends = [monthsAgo(5), monthsAgo(4), monthsAgo(3, 1), monthsAgo(2), monthsAgo(1), now()]
    for (const endedAt of ends) await makeRecording(endedAt)
    await makeRecording(monthsAgo(5), 6, '029 497 010')
    await makeRecording(monthsAgo(5), 2, '029 497 099')
    const before = await admin.selectFrom('recording').selectAll().orderBy('id').execute()
    const counted = await dryRunTerms(custodian, versionWith(6), versionWith(3))
    expect(
      counted.map(({ key, months, from, destroyed, shortened }) => [key, from, months, destroyed, shortened]),
    ).toEqual([
      [phone('029 497 000'), 6, 3, 3, 3],
      [phone('029 497 001'), 6, 3, 0, 0],
      [phone('029 497 010'), 6, 3, 1, 0],
    ])
    expect(await dryRunTerms(custodian, versionWith(3), versionWith(6))).toEqual([])
    expect(await admin.selectFrom('recording').selectAll().orderBy('id').execute()).toEqual(before)
  })

  test('excludes recordings that would be destroyed by then without the draft too', async () => {
    await makeRecording(monthsAgo(5))
    await makeRecording(monthsAgo(3, 5))
    // The previous version already shortened to four months, but was not applied yet.
    expect(total(await dryRunTerms(custodian, versionWith(4), versionWith(3)))).toEqual({ destroyed: 1, shortened: 0 })
    const inTwoMonths = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').add({ months: 2 }).toInstant()
    expect(total(await dryRunTerms(custodian, versionWith(6), versionWith(3, inTwoMonths)))).toEqual({
      destroyed: 1,
      shortened: 0,
    })
  })

  test('counts exactly the recordings that are destroyed, also where the time of day decides', async () => {
    // Calls every four hours over a week, three months ago: every time of day. If February is the shorter month, calls of
    // up to three days have the same destruction day, its last.
    const at = now()
    for (let hours = -60; hours <= 110; hours += 4) await makeRecording(monthsAgo(3).add({ hours, minutes: hours }))
    for (const months of [2, 4, 5]) await makeRecording(monthsAgo(months))
    const counted = total(await dryRunTerms(custodian, versionWith(6), versionWith(3, at)))
    expect(await run(versionWith(3), at)).toBe(counted.destroyed + counted.shortened)
    const { rows } = await pool.query<{ due: string }>('select count(*) as due from recording where destroy_at <= $1', [
      at.toString(),
    ])
    expect(Number(rows[0]?.due)).toBe(counted.destroyed)
    expect(counted.destroyed).toBeGreaterThan(10)
    expect(counted.shortened).toBeGreaterThan(10)
  })
})

test('the sweep destroys exactly what the dry run predicted', async () => {
  const old = [callOfMonthsAgo(5), callOfMonthsAgo(3)]
  const young = [callOfMonthsAgo(2), callOfMonthsAgo(1)]
  const ids: string[] = []
  for (const call of [...old, ...young]) {
    const { id } = await register.record(call)
    await ingestRecording(register.ingest, id, now())
    ids.push(id)
  }
  const [counted] = await dryRunTerms(custodian, versionWith(6), versionWith(3))
  expect(counted).toMatchObject({ destroyed: 2, shortened: 2 })
  await run(versionWith(3))
  expect(await sweep(makeDestroyer(database, register).expunging, now())).toMatchObject({ recordings: 2 })
  const states = await Promise.all(ids.map(async (id) => (await rowOf(id)).state))
  expect(states).toEqual(['DESTROYED', 'DESTROYED', 'STORED', 'STORED'])
})
