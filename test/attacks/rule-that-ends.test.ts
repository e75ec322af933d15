// R25, L29: the end of a rule can shorten terms, as the start of another rule can.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { approveDraft } from '#safeguards/versions/decide.ts'
import { readVersions } from '#safeguards/versions/versions.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { submitChange } from '../database/drafts.ts'
import { openOffices } from '../requests/open-offices.ts'

const database = await createTestDatabase<RegisterTables>()
const { addSlot, makeInspection, bookAppointment, makeRecordingUntil, people } = await openOffices(database)
const deskDb = database.as('seloste_desk').db
const asta = await people.asta.signIn()
const riitta = await people.riitta.signIn()
const now = () => Temporal.Now.instant()

test('a version that ends the longer of a number’s two rules is not approved while a requester has an appointment for a recording that it affects', async () => {
  const recording = await makeRecordingUntil(24 * 30)
  await bookAppointment(await makeInspection([recording]), await addSlot(24 * 25))
  const { recordingPlan } = (await readVersions(deskDb)).at(-1)!.description
  const today = Temporal.Now.plainDateISO('Europe/Helsinki')
  const hours = (days: string[]) => ({ days, from: '08:00', to: '18:00' })
  const weekends = {
    id: 'weekends',
    version: 1,
    names: { fi: 'Viikonloput', sv: 'Veckoslut', en: 'Weekends' },
    numbers: ['029 497 000', '029 497 001', '029 497 010'],
    share: 0.1,
    recordingMonths: 2,
    hours: hours(['SAT', 'SUN']),
    from: today.add({ days: 2 }).toString(),
  }
  const draft = await submitChange(deskDb, asta, now().add({ hours: 2 }).round('second'), {
    edits: [
      { path: ['recordingPlan', 'rules', 0, 'hours'], value: hours(['MON', 'TUE', 'WED', 'THU', 'FRI']) },
      { path: ['recordingPlan', 'rules', 0, 'until'], value: today.add({ days: 20 }).toString() },
      { path: ['recordingPlan', 'rules', recordingPlan.rules.length], value: weekends },
    ],
  })
  expect(await approveDraft(deskDb, riitta, draft.id, { revision: draft.revision }, now())).toEqual({
    refused: 'draft.notice',
  })
})
