/** AC6 and AC7 with the dates in their text, to which the database's time is set (R22-R26). */
import { describe, expect, test } from 'vitest'
import { sweep } from '#destruction/retention/sweep.ts'
import { inSession } from '#platform/database/connect.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { withoutCopies } from '#safeguards/places/copies.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'
import { makeTestRegister } from './make-register.ts'
import { setDatabaseClock } from './set-database-clock.ts'

const database = await createTestDatabase<RegisterTables>()
const { objects, keys, ingest: context, record } = await makeTestRegister(database)
const { pool, db: admin } = database.as()
const custodian = database.as('seloste_custodian').db
const desk = database.as('seloste_desk').db
const tuula = await enterTestPerson(admin, desk, {
  name: 'Tuula',
  right: { role: 'SECURITY', purposes: ['CRIME_OR_MISUSE'], scope: { kind: 'all', units: [], numbers: [] } },
})
const session = await tuula.signIn()

const at = (local: string) => Temporal.PlainDateTime.from(local).toZonedDateTime('Europe/Helsinki').toInstant()
const second = { seconds: 1 }

async function seen(contactId: string) {
  const access = { 'seloste.session': session.token, 'seloste.purpose': 'CRIME_OR_MISUSE', 'seloste.reference': 'TP-1' }
  return inSession(desk, access, async (tx) => ({
    contacts: (await tx.selectFrom('contact').select('id').where('id', '=', contactId).execute()).length,
    parts: (await tx.selectFrom('segment').select('id').where('contact_id', '=', contactId).execute()).length,
    recordings: (await tx.selectFrom('recording').select('id').where('contact_id', '=', contactId).execute()).length,
  }))
}

async function sweepAt(instant: Temporal.Instant) {
  await setDatabaseClock(database, instant)
  return sweep({ db: custodian, objects, keys, copies: withoutCopies, workFolder: context.workFolder }, instant)
}

const stateOf = async (id: string) =>
  (await admin.selectFrom('recording').select('state').where('id', '=', id).executeTakeFirst())?.state

/** Makes an ingested recording of a call from one local time to another. */
async function call(startedAt: Temporal.Instant, endedAt: Temporal.Instant, months = 6) {
  const made = await record({ startedAt, answeredAt: startedAt, endedAt }, { months })
  await ingestRecording(context, made.id, Temporal.Now.instant())
  return made
}

// Allows calls of future years, which capture's role cannot enter.
for (const table of ['contact', 'recording'])
  await database.as().pool.query(`drop policy capture_not_ahead on ${table}`)
// Makes all recordings before the tests, because the first sweep in another week ends today's intake keys.
const newYear = await call(at('2026-12-31T23:58'), at('2027-01-01T00:03'), 2)
const endOfAugust = await call(at('2026-08-31T11:55'), at('2026-08-31T12:00'))
const endOfYear = await call(at('2027-12-31T11:55'), at('2027-12-31T12:00'), 2)
const skippedMinimum = await call(at('2027-01-28T03:20'), at('2027-01-28T03:30'), 2)
const skippedMaximum = await call(at('2026-12-28T03:20'), at('2026-12-28T03:30'), 3)
const shownTwice = await call(at('2026-08-31T03:00'), at('2026-08-31T03:30'), 2)

// The tests are in the order of their times.
describe('calls at the turns of the calendar', () => {
  test('AC6: a call that ended 31.8.2026 12.00, kept for six months, is destroyed 27.2.2027 12.00, a day before its maximum', async () => {
    await sweepAt(at('2027-02-27T12:00').subtract(second))
    expect(await stateOf(endOfAugust.id)).toBe('STORED')
    await sweepAt(at('2027-02-27T12:00'))
    expect(await stateOf(endOfAugust.id)).toBe('DESTROYED')
  })

  test('AC6: a recording of 31.12.2026 23.58 to 1.1.2027 0.03, kept for two months, is destroyed 1.3.2027 0.03', async () => {
    await sweepAt(at('2027-03-01T00:03').subtract(second))
    expect(await stateOf(newYear.id)).toBe('STORED')
    await sweepAt(at('2027-03-01T00:03'))
    expect(await stateOf(newYear.id)).toBe('DESTROYED')
  })

  test('AC7: of times in the hour that the clock change of 28.3.2027 skips, a minimum counts as the later instant, a maximum as the earlier one', async () => {
    const states = async () => [await stateOf(skippedMinimum.id), await stateOf(skippedMaximum.id)]
    const [earlier, later] = ['2027-03-28T00:30:00Z', '2027-03-28T01:30:00Z'].map((text) => Temporal.Instant.from(text))
    await sweepAt(earlier!.subtract(second))
    expect(await states()).toEqual(['STORED', 'STORED'])
    await sweepAt(earlier!)
    expect(await states()).toEqual(['STORED', 'DESTROYED'])
    await sweepAt(later!.subtract(second))
    expect(await states()).toEqual(['STORED', 'DESTROYED'])
    await sweepAt(later!)
    expect(await states()).toEqual(['DESTROYED', 'DESTROYED'])
  })

  test('AC7: history that ends in an hour that the clock shows twice ends in the first of the two', async () => {
    // 14 months after 31.8.2026 3.30 is 31.10.2027 3.30, which the clock shows twice.
    await setDatabaseClock(database, Temporal.Instant.from('2027-10-31T00:29:59Z'))
    expect(await seen(shownTwice.contactId)).toMatchObject({ contacts: 1 })
    await setDatabaseClock(database, Temporal.Instant.from('2027-10-31T00:30:00Z'))
    expect(await seen(shownTwice.contactId)).toMatchObject({ contacts: 0 })
  })

  test('AC6: a call that ended 31.12.2027 can be destroyed from 29.2.2028 on', async () => {
    await sweepAt(at('2028-02-29T12:00').subtract(second))
    expect(await stateOf(endOfYear.id)).toBe('STORED')
    await expect(
      pool.query(`update recording set state = 'DESTROYING', cause = 'retention' where id = $1`, [endOfYear.id]),
    ).rejects.toThrow('cannot be destroyed before')
    await sweepAt(at('2028-02-29T12:00'))
    expect(await stateOf(endOfYear.id)).toBe('DESTROYED')
  })

  test('AC6: the call over New Year is one contact, shown until exactly 1.3.2028 0.03, and deleted by the next sweep', async () => {
    const { contactId } = newYear
    const ends = at('2028-03-01T00:03')
    const rows = async () => (await pool.query('select from contact where id = $1', [contactId])).rowCount
    await sweepAt(ends.subtract(second))
    expect(await seen(contactId)).toEqual({ contacts: 1, parts: 1, recordings: 1 })
    // The call is no longer shown, even if no job has run.
    await setDatabaseClock(database, ends)
    expect(await seen(contactId)).toEqual({ contacts: 0, parts: 0, recordings: 0 })
    expect(await rows()).toBe(1)
    expect(await sweepAt(ends)).toMatchObject({ contacts: 1 })
    expect(await rows()).toBe(0)
    const counted = await pool.query(`select contacts::int, recorded from history_count where day = '2026-12-31'`)
    expect(counted.rows).toEqual([{ contacts: 1, recorded: true }])
  })
})
