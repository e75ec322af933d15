/**
 * An evaluation whose evaluator has lost the right to its recording can be taken over; otherwise its official would
 * never see it.
 */
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import {
  answerDisagreement,
  beginEvaluation,
  listEvaluations,
  readEvaluation,
  releaseEvaluation,
  saveEvaluation,
  setAside,
} from '#use/quality/evaluate.ts'
import { beginForm, publishForm, saveForm } from '#use/quality/forms.ts'
import { disagreeWithEvaluation, listOwnEvaluations } from '#use/quality/own-evaluations.ts'
import { beginPlan, drawSamplesDue } from '#use/quality/sampling.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone } from '../database/people.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const { makeRecording, served, ask: requestOf, admin, custodian, people } = await openGdprServiceUnit(database)
const deskDb = database.as('seloste_desk').db
const number = phone('029 497 000')

function unlessRefused<Answer>(answer: Answer): Exclude<Answer, { refused: string }> {
  if (typeof answer === 'object' && answer !== null && 'refused' in answer) throw new Error(String(answer.refused))
  return answer as Exclude<Answer, { refused: string }>
}
async function enter(name: string, holder: { role: 'EXPERT' | 'SUPERVISOR'; units?: string[] }) {
  const kind = holder.units ? ('unit' as const) : ('numbers' as const)
  const scope = { kind, units: holder.units ?? [], numbers: holder.units ? [] : [number] }
  const right = {
    ...{ role: holder.role, purposes: ['QUALITY' as const], scope },
    ...(holder.role === 'EXPERT' && { duty: 'QUALITY' as const }),
  }
  const person = await enterTestPerson(admin, deskDb, { name, unit: 'Laatu', right })
  return { id: person.id, session: await person.signIn() }
}
type Evaluator = Awaited<ReturnType<typeof enter>>
const eero = await enter('Eero', { role: 'EXPERT' })
const eino = await enter('Eino', { role: 'EXPERT' })
const elli = await enter('Elli', { role: 'EXPERT' })
const esko = await enter('Esko', { role: 'SUPERVISOR', units: [people.aino.unitId] })

const question = { id: 'q1', text: 'Tervehti?', help: '', scale: { kind: 'yes-no' as const }, weight: 1 }
const questions = [{ ...question, critical: 'none' as const, mayNotApply: false }]
const sections = [{ id: 's1', title: 'Kohtaaminen', weight: 1, questions }]
const formId = unlessRefused(await beginForm(deskDb, eero.session, { language: 'fi', name: 'Lomake' })).id
const draft = unlessRefused(
  await saveForm(deskDb, eero.session, formId, { revision: 0, name: 'Lomake', form: { sections } }),
)
await publishForm(deskDb, eero.session, formId, draft.revision)
const today = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').startOfDay()
const startedAt = today
  .subtract({ days: today.dayOfWeek - 1 + 3 })
  .add({ hours: 12 })
  .toInstant()
const recordings: Awaited<ReturnType<typeof makeRecording>>[] = []
for (const minutes of [0, 10, 20]) {
  const began = startedAt.add({ minutes })
  const times = { startedAt: began, answeredAt: began.add({ seconds: 20 }), endedAt: began.add({ minutes: 3 }) }
  recordings.push(await makeRecording(times))
}
const plan = { name: 'Viikko', formId, unitId: people.aino.unitId, number, weekly: 50, daysLeft: 14 }
unlessRefused(await beginPlan(deskDb, eero.session, plan))
await drawSamplesDue(custodian)
const evaluations = unlessRefused(await listEvaluations(deskDb, eero.session))
const evaluationOf = (at: number) => evaluations.find(({ recordingId }) => recordingId === recordings[at]!.id)!.id
const work = { revision: 0, answers: { q1: 1 }, comments: [], note: 'Vaikea puhelu' }

async function begin(id: string, { session }: Evaluator): Promise<number> {
  expect(await beginEvaluation(deskDb, session, id)).toBe('done')
  return unlessRefused(await saveEvaluation(deskDb, session, id, work)).revision
}
const endEmployment = (person: string) =>
  admin.updateTable('person').set({ employed_to: Temporal.Now.instant() }).where('id', '=', person).execute()

test('an evaluation that its evaluator has begun is refused to others, and hidden from a supervisor', async () => {
  const id = evaluationOf(0)
  await begin(id, eero)
  expect(await beginEvaluation(deskDb, elli.session, id)).toMatchObject({ refused: 'quality.taken' })
  expect(await setAside(deskDb, elli.session, id, 'too-close')).toMatchObject({ refused: 'quality.taken' })
  expect(unlessRefused(await listEvaluations(deskDb, esko.session)).map((evaluation) => evaluation.id)).not.toContain(
    id,
  )
})

test('a draft of an evaluator who left is in the queue, and starts empty for whoever takes it over', async () => {
  const id = evaluationOf(0)
  await endEmployment(eero.id)
  const waiting = unlessRefused(await listEvaluations(deskDb, esko.session)).find((evaluation) => evaluation.id === id)
  expect(waiting).toMatchObject({ state: 'WAITING', isTaken: false })
  expect(JSON.stringify(unlessRefused(await readEvaluation(deskDb, esko.session, id)))).not.toContain(work.note)
  expect(await beginEvaluation(deskDb, esko.session, id)).toBe('done')
  expect(unlessRefused(await readEvaluation(deskDb, esko.session, id))).toMatchObject({
    isMine: true,
    answers: {},
    note: '',
  })
})

test('an evaluation that its official disagreed with can be reopened after its evaluator left', async () => {
  const id = evaluationOf(1)
  expect(await releaseEvaluation(deskDb, eino.session, id, await begin(id, eino))).toBe('done')
  const aino = await people.aino.signIn()
  expect(await disagreeWithEvaluation(deskDb, aino, id, 'En tervehtinyt')).toBe('done')
  await endEmployment(eino.id)
  const answer = { outcome: 'REOPENED' as const, text: 'Tehdään uudelleen' }
  expect(await answerDisagreement(deskDb, elli.session, id, answer)).toBe('done')
  expect(await releaseEvaluation(deskDb, elli.session, id, await begunAgain(id))).toBe('done')
  expect(unlessRefused(await listOwnEvaluations(deskDb, aino))).toEqual([
    expect.objectContaining({ id, note: 'Toisin' }),
  ])

  async function begunAgain(wanted: string) {
    expect(await beginEvaluation(deskDb, elli.session, wanted)).toBe('done')
    const { revision } = unlessRefused(await readEvaluation(deskDb, elli.session, wanted))
    return unlessRefused(await saveEvaluation(deskDb, elli.session, wanted, { ...work, revision, note: 'Toisin' }))
      .revision
  }
})

test('a draft about a call that a correction assigned to another unit is taken over there, or set aside', async () => {
  const id = evaluationOf(2)
  await begin(id, esko)
  const { segmentId, contactId } = recordings[2]!
  const request = await served({ contacts: [contactId], kinds: ['RECTIFY'] })
  const { unitId: other } = await enterTestPerson(admin, deskDb, { name: 'Muu', unit: 'Muu' })
  await sql`update person_placement set unit_id = ${other} where person_id = ${people.bertil.id}`.execute(admin)
  const { body } = await requestOf('paula', 'POST', `/api/requests/${request.id}/corrections`, {
    ...{ segmentId, officialUserId: people.bertil.userId },
  })
  const decision = `/api/corrections/${body['id'] as string}/decision`
  expect((await requestOf('riitta', 'POST', decision, { outcome: 'APPROVED' })).status).toBe(204)
  expect(await setAside(deskDb, elli.session, id, 'too-close')).toEqual({})
  expect(await beginEvaluation(deskDb, elli.session, id)).toBe('done')
})
