/**
 * R24, R43: letters and bookings use the destruction date that will apply, not the date by a version that another
 * supersedes (R25).
 */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { TextEdit } from '#description/edit/edit-description.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { newVersion } from '../database/drafts.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const { admin, makeRecording, people, stateOf } = await openDestructionDesk(database)
const deskDb = database.as('seloste_desk').db
const procedure = { author: await people.asta.signIn(), approver: await people.riitta.signIn() }

const dayIn = (days: number) => Temporal.Now.zonedDateTimeISO('Europe/Helsinki').startOfDay().add({ days })
const version = (days: number, edits: TextEdit[]) => newVersion(deskDb, procedure, dayIn(days).toInstant(), { edits })
const rule = (index: number, ...path: string[]) => ['recordingPlan', 'rules', index, ...path]
/** Ends the rule of the service numbers on a day, and begins one with other months. */
const rulesFrom = (days: number, recordingMonths: number): TextEdit[] => [
  {
    path: rule(0, 'until'),
    value: dayIn(days - 1)
      .toPlainDate()
      .toString(),
  },
  {
    path: rule(2),
    value: {
      ...{ id: 'later', version: 1, numbers: ['029 497 000', '029 497 001', '029 497 010'], recordingMonths },
      names: { fi: 'Myöhemmin', sv: 'Senare', en: 'Later' },
      from: dayIn(days).toPlainDate().toString(),
    },
  },
]
const back: TextEdit[] = [{ path: rule(2) }, { path: rule(0, 'until') }]

async function plannedEnd(id: string): Promise<Temporal.Instant> {
  const { rows } = await sql<{ at: Temporal.Instant }>`
    select planned_end(r) as at from recording r where r.id = ${id}`.execute(admin)
  return rows[0]!.at
}

test('a shorter term that begins later than its version does not count once a version in between drops or changes it', async () => {
  // The call is three months old: under two or three months its recording ends when the term begins.
  const endedAt = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').subtract({ months: 3, days: 20 }).toInstant()
  const startedAt = endedAt.subtract({ minutes: 4 })
  const { id } = await makeRecording({ startedAt, answeredAt: startedAt, endedAt })
  const day = (await stateOf(id)).destroy_at!
  const ends = async () => (await plannedEnd(id)).toString()
  expect(await ends()).toBe(day.toString())

  await version(2, rulesFrom(30, 2))
  expect(await ends()).toBe(dayIn(30).toInstant().toString())
  // Repeats the rules in another version, which changes something else.
  await version(4, [{ path: ['title', 'en'], value: 'REGISTER' }])
  expect(await ends()).toBe(dayIn(30).toInstant().toString())
  // Begins later, with a term longer than planned, but shorter than the present one.
  await version(6, [...back, ...rulesFrom(40, 3)])
  expect(await ends()).toBe(dayIn(40).toInstant().toString())
  // Drops the shorter term.
  await version(8, back)
  expect(await ends()).toBe(day.toString())
  // Shortens the term at once; a longer term later does not count.
  await version(10, [{ path: rule(0, 'recordingMonths'), value: 3 }])
  expect(await ends()).toBe(dayIn(10).toInstant().toString())
  await version(12, [{ path: rule(0, 'recordingMonths'), value: 6 }])
  expect(await ends()).toBe(dayIn(10).toInstant().toString())
})
