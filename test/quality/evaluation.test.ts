import { sql, type RawBuilder } from 'kysely'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, phone, type TestPerson } from '#test/database/people.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { inSession } from '#platform/database/connect.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { beginCalibration, closeCalibration, joinCalibration, listCalibrations } from '#use/quality/calibrations.ts'
import {
  answerDisagreement,
  beginEvaluation,
  listEvaluations,
  readEvaluation,
  releaseEvaluation,
  saveEvaluation,
  setAside,
} from '#use/quality/evaluate.ts'
import type { Answers, Form } from '#use/quality/form.ts'
import { beginForm, publishForm, readForm, saveForm } from '#use/quality/forms.ts'
import { acknowledgeEvaluation, disagreeWithEvaluation, listOwnEvaluations } from '#use/quality/own-evaluations.ts'
import { readResults } from '#use/quality/results.ts'
import { beginPlan, drawSamplesDue, endPlan, endExpiredQuality, listPlans } from '#use/quality/sampling.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const admin = database.as().db
const desk = database.as('seloste_desk').db
const custodian = database.as('seloste_custodian').db
const destroyer = makeDestroyer(database, register)

const number = phone('029 497 000')
const numbers = { kind: 'numbers' as const, units: [], numbers: [number] }
const form: Form = {
  sections: [
    {
      id: 's1',
      title: 'Kohtaaminen',
      weight: 1,
      questions: [
        { ...question('q1', 'Tervehti?'), critical: 'form' },
        { ...question('q2', 'Kuinka selkeästi?'), scale: { kind: 'one-to-five' }, mayNotApply: true },
      ],
    },
  ],
}
function question(id: string, text: string): Form['sections'][number]['questions'][number] {
  return { id, text, help: '', scale: { kind: 'yes-no' }, weight: 1, critical: 'none', mayNotApply: false }
}

let eero: Session
let otherExpert: Session
/** Expert for training, without a right to quality. */
let trainer: Session
let expertOfOtherNumber: Session
let sari: Session
let supervisorOfOtherUnit: Session
const officials: { person: TestPerson; session: Session }[] = []
let formId: string

const enter = (name: string, right: Parameters<typeof enterTestPerson>[2]['right'], unit = 'Palvelu') =>
  enterTestPerson(admin, desk, { name, unit, ...(right && { right }) })
const own = { kind: 'own' as const, units: [], numbers: [] }

afterEach(async () => {
  await sql`update sampling_plan set ended_at = now(), ended_by = begun_by where ended_at is null`.execute(admin)
})

beforeAll(async () => {
  const expert = { role: 'EXPERT' as const, duty: 'QUALITY' as const, purposes: ['QUALITY' as const], scope: numbers }
  eero = await (await enter('Eero', expert)).signIn()
  otherExpert = await (await enter('Elina', expert)).signIn()
  const otherNumber = { kind: 'numbers' as const, units: [], numbers: [phone('029 497 010')] }
  expertOfOtherNumber = await (await enter('Kaukainen', { ...expert, scope: otherNumber })).signIn()
  trainer = await (await enter('Tiina', { ...expert, duty: 'TRAINING', purposes: ['TRAINING'] })).signIn()
  sari = await (await enter('Sari', { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' })).signIn()
  supervisorOfOtherUnit = await (
    await enter('Toinen', { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' }, 'Muualla')
  ).signIn()
  for (let n = 0; n < 6; n++) {
    const person = await enter(`Virkailija ${n}`, { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: own })
    officials.push({ person, session: await person.signIn() })
  }
  formId = unlessRefused(await beginForm(desk, eero, { language: 'fi', name: 'Peruslomake' })).id
  const saved = unlessRefused(await saveForm(desk, eero, formId, { revision: 0, name: 'Peruslomake', form }))
  expect(saved.problems).toEqual([])
  expect(await publishForm(desk, eero, formId, saved.revision)).toEqual({ version: 1 })
}, 60_000)

/** Throws if the act was refused, and returns its answer otherwise. */
function unlessRefused<Answer>(answer: Answer): Exclude<Answer, { refused: string }> {
  if (typeof answer === 'object' && answer !== null && 'refused' in answer) throw new Error(String(answer.refused))
  return answer as Exclude<Answer, { refused: string }>
}

/** Makes an ingested recording of an official's call, this many days before Monday of this week. */
async function makeRecording(official: number, daysBefore = 3): Promise<string> {
  const { person } = officials[official]!
  const today = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').startOfDay()
  const startedAt = today
    .subtract({ days: today.dayOfWeek - 1 + daysBefore })
    .add({ hours: 12 })
    .toInstant()
  const { id } = await register.record({
    startedAt,
    answeredAt: startedAt.add({ seconds: 20 }),
    endedAt: startedAt.add({ minutes: 3 }),
    official: {
      personId: person.id,
      unitId: person.unitId,
      name: `Virkailija ${official}`,
      phone: phone('029 512 1001'),
    },
  })
  await ingestRecording(register.ingest, id, Temporal.Now.instant())
  return id
}

/** Draws from a week under a new plan, and returns the evaluations by their recordings. */
async function drawn(weekly = 50): Promise<Map<string, string>> {
  const unitId = officials[0]!.person.unitId
  const plan = unlessRefused(
    await beginPlan(desk, eero, { name: 'Viikko', formId, unitId, number, weekly, daysLeft: 14 }),
  )
  await drawSamplesDue(custodian)
  await endPlan(desk, eero, plan.id)
  const listed = unlessRefused(await listEvaluations(desk, eero))
  return new Map(listed.flatMap(({ id, recordingId }) => (recordingId ? [[recordingId, id]] : [])))
}

async function draft(official: number, user = eero): Promise<{ recording: string; id: string }> {
  const recording = await makeRecording(official)
  const id = (await drawn()).get(recording)!
  expect(await beginEvaluation(desk, user, id)).toBe('done')
  return { recording, id }
}

const work = (answers: Answers, revision = 0) => ({
  revision,
  answers,
  comments: [{ id: 'c1', atMs: 1000, question: 'q1', text: 'Hyvä alku' }],
  note: 'Kokonaisuus sujui',
})

async function released(official: number, answers: Answers = { q1: 1, q2: 5 }) {
  const made = await draft(official)
  const { revision } = unlessRefused(await saveEvaluation(desk, eero, made.id, work(answers)))
  expect(await releaseEvaluation(desk, eero, made.id, revision)).toBe('done')
  return made
}

const read = async (id: string, user = eero) => unlessRefused(await readEvaluation(desk, user, id))
const loggedActions = async (id: string) =>
  (
    await admin
      .selectFrom('audit_entry')
      .select(['action', 'result'])
      .where('object_id', '=', id)
      .where('result', '=', 'ok')
      .orderBy('seq')
      .execute()
  ).map(({ action }) => action)

describe('a form', () => {
  test('that is published never changes; an evaluation keeps its version, and reports that there is a newer one', async () => {
    const { id } = await draft(0)
    const next = { sections: [{ ...form.sections[0]!, title: 'Kohtaaminen ja puhe' }] }
    const { revision } = unlessRefused(await readForm(desk, eero, formId))
    const saved = unlessRefused(
      await saveForm(desk, otherExpert, formId, { revision, name: 'Peruslomake', form: next }),
    )
    expect(await publishForm(desk, eero, formId, saved.revision)).toEqual({ version: 2 })
    expect(await read(id)).toMatchObject({ formVersion: 1, newestVersion: 2, form })
    await expect(sql`update quality_form_version set name = 'x'`.execute(admin)).rejects.toThrow()
    expect(await saveEvaluation(desk, eero, id, work({ q1: 1 }))).toMatchObject({ revision: 1 })
  })

  test('edited by two people is not overwritten', async () => {
    const { id } = unlessRefused(await beginForm(desk, eero, { language: 'sv', name: 'Blankett' }))
    unlessRefused(await saveForm(desk, eero, id, { revision: 0, name: 'Blankett', form }))
    expect(await saveForm(desk, otherExpert, id, { revision: 0, name: 'Annan', form })).toEqual({
      refused: 'quality.changed-meanwhile',
    })
    expect(unlessRefused(await readForm(desk, otherExpert, id))).toMatchObject({
      name: 'Blankett',
      draft: form,
      versions: [],
    })
  })

  test('that is incomplete is stored and not published', async () => {
    const { id } = unlessRefused(await beginForm(desk, eero, { language: 'fi', name: 'Kesken' }))
    expect(await publishForm(desk, eero, id, 0)).toEqual({ problems: [{ code: 'no-sections' }] })
    const blank = { sections: [{ ...form.sections[0]!, questions: [] }] }
    expect(await saveForm(desk, eero, id, { revision: 0, name: 'Kesken', form: blank })).toMatchObject({
      revision: 1,
      problems: [{ code: 'no-questions', at: 's1' }, { code: 'nothing-counts' }],
    })
  })

  test('is written by a quality expert, and read by supervisors too', async () => {
    for (const user of [sari, trainer, officials[0]!.session]) {
      expect(await beginForm(desk, user, { language: 'fi', name: 'x' })).toEqual({ refused: 'deny.role' })
    }
    expect(await readForm(desk, sari, formId)).toMatchObject({ id: formId })
    expect(await readForm(desk, trainer, formId)).toEqual({ refused: 'deny.role' })
  })
})

describe('a draw', () => {
  test('is made once from the past week, evenly between officials, and is repeatable', async () => {
    await drawn()
    for (const official of [0, 0, 0, 0, 1, 1, 1, 2]) await makeRecording(official, 2)
    const unitId = officials[0]!.person.unitId
    const plan = unlessRefused(
      await beginPlan(desk, eero, { name: 'Reilu', formId, unitId, number, weekly: 5, daysLeft: 14 }),
    )
    expect(await drawSamplesDue(custodian)).toBe(5)
    expect(await drawSamplesDue(custodian)).toBe(0)
    const found = unlessRefused(await listPlans(desk, sari)).find(({ id }) => id === plan.id)
    expect(found?.seed).toMatch(/^[0-9a-f]{64}$/)
    expect(found?.draws).toMatchObject([{ candidateCount: 8, pickedCount: 5, isAsDrawn: true }])
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from evaluation e join recording r on r.id = e.recording_id
      join segment s on s.id = r.segment_id where e.plan_id = ${plan.id} group by s.official_person_id order by 1`.execute(
      admin,
    )
    expect(rows.map(({ n }) => n)).toEqual([1, 2, 2])
    await sql`update sampling_draw set ranked = ranked[2:] where plan_id = ${plan.id}`.execute(admin)
    expect(unlessRefused(await listPlans(desk, eero)).find(({ id }) => id === plan.id)?.draws).toMatchObject([
      { isAsDrawn: false },
    ])
    await endPlan(desk, eero, plan.id)
  })

  test('replaces a recording that cannot be evaluated by the next available one in the order of the draw', async () => {
    await drawn()
    for (const official of [0, 0, 1, 1, 2, 2]) await makeRecording(official, 2)
    const unitId = officials[0]!.person.unitId
    const plan = unlessRefused(
      await beginPlan(desk, eero, { name: 'Jatko', formId, unitId, number, weekly: 2, daysLeft: 14 }),
    )
    await drawSamplesDue(custodian)
    const { rows } = await sql<{
      ranked: string[]
    }>`select ranked from sampling_draw where plan_id = ${plan.id}`.execute(admin)
    const [first, second, third, fourth, fifth, sixth] = rows[0]!.ranked
    const queued = async () => {
      const listed = unlessRefused(await listEvaluations(desk, eero)).filter(({ planName }) => planName === 'Jatko')
      return new Map(listed.map(({ recordingId, id }) => [recordingId, id]))
    }
    expect(new Set((await queued()).keys())).toEqual(new Set([first, second]))
    expect(await setAside(desk, eero, (await queued()).get(first)!, 'unsuitable')).toEqual({ isFollowed: true })
    expect(new Set((await queued()).keys())).toEqual(new Set([second, third]))
    // Skips a recording that is destroyed by then.
    await destroyer.destroy(fourth!)
    expect(await setAside(desk, eero, (await queued()).get(third)!, 'unsuitable')).toEqual({ isFollowed: true })
    expect(new Set((await queued()).keys())).toEqual(new Set([second, fifth]))
    const draw = async () => unlessRefused(await listPlans(desk, eero)).find(({ id }) => id === plan.id)!.draws[0]
    expect(await draw()).toMatchObject({ pickedCount: 2, followedCount: 2, isAsDrawn: true })
    expect(await setAside(desk, eero, (await queued()).get(fifth)!, 'unsuitable')).toEqual({ isFollowed: true })
    expect(await setAside(desk, eero, (await queued()).get(sixth)!, 'unsuitable')).toEqual({ isFollowed: false })
    await sql`update sampling_draw set followed = array[followed[2], followed[1]] where plan_id = ${plan.id}`.execute(
      admin,
    )
    expect(await draw()).toMatchObject({ isAsDrawn: false })
    await endPlan(desk, eero, plan.id)
  })

  test('continues while somebody destroys several recordings, without a deadlock, and an ended plan draws none', async () => {
    await drawn()
    for (const official of [0, 1, 2, 3]) await makeRecording(official, 2)
    const unitId = officials[0]!.person.unitId
    const plan = unlessRefused(
      await beginPlan(desk, eero, { name: 'Rinnan', formId, unitId, number, weekly: 1, daysLeft: 14 }),
    )
    await drawSamplesDue(custodian)
    const { rows } = await sql<{
      ranked: string[]
    }>`select ranked from sampling_draw where plan_id = ${plan.id}`.execute(admin)
    const [first, second, third] = rows[0]!.ranked
    const idOf = async (recording: string | undefined) =>
      unlessRefused(await listEvaluations(desk, eero)).find(({ recordingId }) => recordingId === recording)!.id
    const id = await idOf(first)
    const aside = await admin.transaction().execute(async (tx) => {
      await sql`select from recording where id = ${second} for update`.execute(tx)
      return setAside(desk, eero, id, 'unsuitable')
    })
    expect(aside).toEqual({ isFollowed: true })
    await endPlan(desk, eero, plan.id)
    expect(await setAside(desk, eero, await idOf(third), 'unsuitable')).toEqual({ isFollowed: false })
  })

  test('leaves out recordings that end too soon, are restricted, or belong to another number or unit', async () => {
    await drawn()
    const [restricted, soon] = [await makeRecording(3), await makeRecording(3)]
    await sql`update recording set state = 'RESTRICTED' where id = ${restricted}`.execute(admin)
    const long = unlessRefused(
      await beginPlan(desk, eero, {
        ...{ name: 'Kauan', formId, unitId: officials[0]!.person.unitId, number },
        ...{ weekly: 50, daysLeft: 60 },
      }),
    )
    await drawSamplesDue(custodian)
    const [draw] = unlessRefused(await listPlans(desk, eero)).find(({ id }) => id === long.id)!.draws
    expect(draw).toMatchObject({ candidateCount: 1 })
    expect(
      unlessRefused(await listEvaluations(desk, eero)).find(({ recordingId }) => recordingId === soon),
    ).toMatchObject({
      ...{ state: 'WAITING', isMine: false, isTaken: false },
    })
    await endPlan(desk, eero, long.id)
  })

  test('needs a number within the right of its planner and a published form, and a plan is made once', async () => {
    const given = { name: 'x', formId, unitId: officials[0]!.person.unitId, number, weekly: 3, daysLeft: 14 }
    expect(await beginPlan(desk, eero, { ...given, number: phone('029 497 010') })).toEqual({
      refused: 'quality.number-out-of-reach',
    })
    const unpublished = unlessRefused(await beginForm(desk, eero, { language: 'fi', name: 'Uusi' })).id
    expect(await beginPlan(desk, eero, { ...given, formId: unpublished })).toEqual({
      refused: 'quality.form-not-published',
    })
    expect(await beginPlan(desk, sari, given)).toEqual({ refused: 'deny.role' })
    const { id } = unlessRefused(await beginPlan(desk, eero, given))
    expect(await beginPlan(desk, otherExpert, given)).toEqual({ refused: 'quality.plan-known' })
    expect(unlessRefused(await listPlans(desk, sari)).map((plan) => plan.id)).toContain(id)
    // A unit's supervisor does not see another unit's plan or draws, nor an expert another number's.
    expect(unlessRefused(await listPlans(desk, supervisorOfOtherUnit))).toEqual([])
    expect(await endPlan(desk, expertOfOtherNumber, id)).toEqual({ refused: 'not-found' })
    await endPlan(desk, eero, id)
  })
})

describe('an evaluation', () => {
  test('goes from the queue to its official, who acknowledges and disagrees, and gets an answer', async () => {
    const { id } = await draft(0)
    expect(await releaseEvaluation(desk, eero, id, 0)).toEqual({ refused: 'quality.unanswered', of: 'q1' })
    const saved = unlessRefused(await saveEvaluation(desk, eero, id, work({ q1: 1, q2: 3 })))
    expect(saved).toMatchObject({ revision: 1, score: { total: 75, unanswered: [] } })
    const [official, other] = [officials[0]!.session, officials[1]!.session]
    const ownOnes = async (user: Session) =>
      unlessRefused(await listOwnEvaluations(desk, user)).filter((one) => one.id === id)
    expect(await ownOnes(official)).toEqual([])
    expect(await releaseEvaluation(desk, eero, id, 1)).toBe('done')
    expect(await ownOnes(official)).toMatchObject([{ score: { total: 75 }, comments: [{ text: 'Hyvä alku' }] }])
    expect(await ownOnes(other)).toEqual([])
    expect(await acknowledgeEvaluation(desk, other, id)).toEqual({ refused: 'not-found' })
    expect(await acknowledgeEvaluation(desk, official, id)).toBe('done')
    expect(await saveEvaluation(desk, eero, id, work({ q1: 0 }, 1))).toEqual({ refused: 'quality.released' })
    expect(await answerDisagreement(desk, eero, id, { outcome: 'KEPT', text: 'Ei' })).toEqual({
      refused: 'quality.nothing-to-answer',
    })
    expect(await disagreeWithEvaluation(desk, official, id, 'Selkeys oli parempi')).toBe('done')
    expect(await disagreeWithEvaluation(desk, official, id, 'Uudestaan')).toEqual({ refused: 'quality.disagreed' })
    expect(await answerDisagreement(desk, otherExpert, id, { outcome: 'REOPENED', text: 'Katsotaan' })).toBe('done')
    expect(await ownOnes(official)).toEqual([])
    expect(await saveEvaluation(desk, eero, id, work({ q1: 1, q2: 5 }, 2))).toMatchObject({ revision: 3 })
    expect(await releaseEvaluation(desk, eero, id, 3)).toBe('done')
    expect(await ownOnes(official)).toMatchObject([{ score: { total: 100 }, answer: 'Katsotaan' }])
    expect((await loggedActions(id)).filter((action) => !action.endsWith('-read'))).toEqual([
      'quality.evaluation-begun',
      'quality.evaluation-released',
      'quality.evaluation-acknowledged',
      'quality.disagreed',
      'quality.disagreement-answered',
      'quality.evaluation-released',
    ])
  })

  test('can be opened by its evaluator, its official and quality experts, while a supervisor of the unit reads no person’s result (R6)', async () => {
    const [begun, given] = [await draft(1), await released(1)]
    const listed = unlessRefused(await listEvaluations(desk, sari)).filter(({ id }) =>
      [begun.id, given.id].includes(id),
    )
    expect(listed).toEqual([])
    for (const { id } of [begun, given]) {
      expect(await readEvaluation(desk, sari, id)).toEqual({ refused: 'not-found' })
      expect(await answerDisagreement(desk, sari, id, { outcome: 'KEPT', text: 'Ei' })).toEqual({
        refused: 'not-found',
      })
      expect(await read(id, otherExpert)).toMatchObject({ isMine: false })
    }
  })

  test('that a supervisor has taken from the queue can be finished by that supervisor, and not read by another supervisor', async () => {
    const { id } = await draft(1, sari)
    expect(await read(id, sari)).toMatchObject({ isMine: true })
    unlessRefused(await saveEvaluation(desk, sari, id, work({ q1: 1, q2: 3 })))
    expect(await releaseEvaluation(desk, sari, id, 1)).toBe('done')
    expect(await read(id, sari)).toMatchObject({ isMine: true, state: 'RELEASED' })
  })

  test('is visible to people whose right covers its recording for quality, and evaluated by one of them', async () => {
    const { id } = await draft(1)
    expect(await readEvaluation(desk, supervisorOfOtherUnit, id)).toEqual({ refused: 'not-found' })
    expect(await readEvaluation(desk, trainer, id)).toEqual({ refused: 'deny.role' })
    expect(await readEvaluation(desk, officials[1]!.session, id)).toEqual({ refused: 'deny.role' })
    expect(await beginEvaluation(desk, otherExpert, id)).toEqual({ refused: 'quality.taken' })
    expect(await saveEvaluation(desk, otherExpert, id, work({ q1: 0 }))).toEqual({ refused: 'quality.taken' })
    expect(await beginEvaluation(desk, sari, id)).toEqual({ refused: 'not-found' })
  })

  test('that its official disagreed with keeps the disagreement if its evaluator turns out to be too close to the official', async () => {
    const { id } = await draft(0)
    unlessRefused(await saveEvaluation(desk, eero, id, work({ q1: 1, q2: 3 })))
    expect(await releaseEvaluation(desk, eero, id, 1)).toBe('done')
    const official = officials[0]!.session
    expect(await disagreeWithEvaluation(desk, official, id, 'Selkeys oli parempi')).toBe('done')
    expect(await answerDisagreement(desk, otherExpert, id, { outcome: 'REOPENED', text: 'Katsotaan' })).toBe('done')
    expect(await setAside(desk, eero, id, 'too-close')).toEqual({})
    expect(await beginEvaluation(desk, otherExpert, id)).toBe('done')
    const { revision } = await read(id, otherExpert)
    const saved = unlessRefused(await saveEvaluation(desk, otherExpert, id, work({ q1: 1, q2: 5 }, revision)))
    expect(await releaseEvaluation(desk, otherExpert, id, saved.revision)).toBe('done')
    const own = unlessRefused(await listOwnEvaluations(desk, official)).filter((one) => one.id === id)
    expect(own).toMatchObject([{ score: { total: 100 }, disagreement: 'Selkeys oli parempi', answer: 'Katsotaan' }])
  })

  test('open in two windows loses nothing: what was saved in one is not overwritten by the other', async () => {
    const { id } = await draft(2)
    expect(await saveEvaluation(desk, eero, id, work({ q1: 1 }))).toMatchObject({ revision: 1 })
    expect(await saveEvaluation(desk, eero, id, work({ q1: 0 }))).toEqual({ refused: 'quality.changed-meanwhile' })
    expect((await read(id)).answers).toEqual({ q1: 1 })
  })

  test('refuses a personal identity code', async () => {
    const { id } = await draft(2)
    expect(await saveEvaluation(desk, eero, id, { ...work({}), note: 'tunnus 131052-308T' })).toMatchObject({
      refused: 'input.identity-code',
    })
  })

  test('is returned by an evaluator who is too close to the official, and set aside if there is nothing to evaluate', async () => {
    const { id } = await draft(3)
    unlessRefused(await saveEvaluation(desk, eero, id, work({ q1: 1 })))
    expect(await setAside(desk, eero, id, 'too-close')).toEqual({})
    expect(await beginEvaluation(desk, otherExpert, id)).toBe('done')
    expect(await read(id, otherExpert)).toMatchObject({ answers: {}, comments: [], note: '' })
    // The plan has ended, so nothing replaces the evaluation.
    expect(await setAside(desk, otherExpert, id, 'unsuitable')).toEqual({ isFollowed: false })
    expect(unlessRefused(await listEvaluations(desk, eero)).some((one) => one.id === id)).toBe(false)
  })

  test('of one’s own call is refused', async () => {
    const both = await enter('Molemmat', {
      ...{ role: 'EXPERT', duty: 'QUALITY', purposes: ['QUALITY'], scope: numbers },
    })
    const { id, recording } = await draft(4)
    await sql`alter table segment disable trigger all`.execute(admin)
    await sql`update segment set official_person_id = ${both.id}
      where id = (select segment_id from recording where id = ${recording})`.execute(admin)
    await sql`alter table segment enable trigger all`.execute(admin)
    expect(await readEvaluation(desk, await both.signIn(), id)).toEqual({ refused: 'not-found' })
  })
})

/** Simulates a time months later: disables the guards of the recording, but not the end of its uses. */
async function endByTerm(recording: string) {
  await sql`alter table recording disable trigger user`.execute(admin)
  await sql`alter table recording enable trigger ends_uses`.execute(admin)
  await sql`update recording set state = 'DESTROYING', cause = 'retention' where id = ${recording}`.execute(admin)
  await sql`alter table recording enable trigger user`.execute(admin)
}

describe('when the recording of an evaluation ends', () => {
  test('by a prohibition, the evaluation is deleted, and the evaluator is informed', async () => {
    const [made, given] = [await draft(5), await released(5)]
    unlessRefused(await saveEvaluation(desk, eero, made.id, work({ q1: 1 })))
    for (const { recording } of [made, given]) await destroyer.destroy(recording)
    expect(await saveEvaluation(desk, eero, made.id, work({ q1: 0 }, 1))).toEqual({ refused: 'recording.destroyed' })
    expect(await read(made.id)).toMatchObject({
      state: 'ENDED',
      endWhy: 'forbidden',
      answers: {},
      comments: [],
      note: '',
    })
    expect(unlessRefused(await listOwnEvaluations(desk, officials[5]!.session)).some(({ id }) => id === given.id)).toBe(
      false,
    )
    const { rows } = await sql`select answers, comments, note, total, mark, recording_id, evaluator_id from evaluation
      where id = ${given.id}`.execute(admin)
    expect(rows).toEqual([
      { answers: {}, comments: [], note: '', total: null, mark: null, recording_id: null, evaluator_id: null },
    ])
  })

  test('by its term, the scores stay without a person, and all text about the call is deleted', async () => {
    const { id, recording } = await released(5, { q1: 1, q2: 3 })
    expect(await acknowledgeEvaluation(desk, officials[5]!.session, id)).toBe('done')
    await endByTerm(recording)
    const { rows } =
      await sql`select state, end_why, answers, comments, note, total, recording_id, contact_id, evaluator_id, mark is null
      as unmarked, plan_id, begun_at, acknowledged_at, extract(isodow from released_at at time zone 'Europe/Helsinki')::int as day
      from evaluation where unit_id = ${officials[5]!.person.unitId} and end_why = 'term'`.execute(admin)
    expect(rows).toEqual([
      {
        ...{ state: 'ENDED', end_why: 'term', answers: { q1: 1, q2: 3 }, comments: [], note: '', total: 75 },
        ...{ recording_id: null, contact_id: null, evaluator_id: null, unmarked: false },
        ...{ plan_id: null, begun_at: null, acknowledged_at: null, day: 1 },
      },
    ])
    // The log knows whose recording it was, and who acknowledged the evaluation, so the remaining scores get another
    // id.
    expect(await loggedActions(id)).toContain('quality.evaluation-acknowledged')
    const { rows: left } = await sql`select from evaluation where id = ${id}`.execute(admin)
    expect(left).toEqual([])
  })

  test('the remaining scores of an evaluation cannot be read by anybody, with a known or a guessed id', async () => {
    const { id, recording } = await released(5)
    await destroyer.destroy(recording)
    for (const user of [eero, otherExpert, sari, supervisorOfOtherUnit])
      expect(await readEvaluation(desk, user, id)).toEqual({ refused: 'not-found' })
    expect(await saveEvaluation(desk, supervisorOfOtherUnit, id, work({}))).toEqual({ refused: 'not-found' })
  })

  test('text about a call is hidden once its recording is restricted or past its term, whether or not it was destroyed', async () => {
    const { id, recording } = await released(3)
    const change = async (method: RawBuilder<unknown>) => {
      await sql`alter table recording disable trigger user`.execute(admin)
      await sql`update recording set ${method} where id = ${recording}`.execute(admin)
      await sql`alter table recording enable trigger user`.execute(admin)
    }
    await change(sql`state = 'RESTRICTED'`)
    expect(await read(id)).toMatchObject({ answers: {}, comments: [], note: '' })
    await change(sql`state = 'STORED', destroy_at = now() - interval '1 minute'`)
    expect(await readEvaluation(desk, eero, id)).toEqual({ refused: 'not-found' })
  })

  test('a restored evaluation ends again, and an evaluation that is not counted is deleted after thirty days', async () => {
    const { id, recording } = await draft(4)
    await destroyer.destroy(recording)
    await sql`update evaluation set ended_at = ended_at - interval '31 days' where id = ${id}`.execute(admin)
    const restored = await draft(4)
    await sql`alter table recording disable trigger ends_uses`.execute(admin)
    await destroyer.destroy(restored.recording)
    await sql`alter table recording enable trigger ends_uses`.execute(admin)
    expect(await endExpiredQuality(custodian)).toBe(1)
    expect(await readEvaluation(desk, eero, id)).toEqual({ refused: 'not-found' })
    expect(await read(restored.id)).toMatchObject({ state: 'ENDED', endWhy: 'forbidden' })
  })
})

describe('calibration', () => {
  test('hides evaluators’ answers from one another until it is closed, and then reports spread and agreement without naming people', async () => {
    const recording = await makeRecording(0)
    const { id } = unlessRefused(
      await beginCalibration(desk, eero, { recordingId: recording, formId, name: 'Marraskuu' }),
    )
    expect(await beginCalibration(desk, sari, { recordingId: recording, formId, name: 'x' })).toEqual({
      refused: 'deny.role',
    })
    const finish = async (user: Session, answers: Answers) => {
      const { id: ownId } = unlessRefused(await joinCalibration(desk, user, id))
      const { revision } = unlessRefused(await saveEvaluation(desk, user, ownId, work(answers)))
      expect(await releaseEvaluation(desk, user, ownId, revision)).toBe('done')
      return ownId
    }
    const first = await finish(eero, { q1: 1, q2: 4 })
    expect(await closeCalibration(desk, eero, id)).toEqual({ refused: 'quality.too-few' })
    await finish(otherExpert, { q1: 1, q2: 5 })
    await finish(sari, { q1: 0, q2: 4 })
    expect(await readEvaluation(desk, otherExpert, first)).toEqual({ refused: 'not-found' })
    expect(await joinCalibration(desk, supervisorOfOtherUnit, id)).toEqual({ refused: 'not-found' })
    expect(unlessRefused(await listCalibrations(desk, eero)).items).toMatchObject([
      { begun: 3, finished: 3, isFinished: true },
    ])
    expect(await closeCalibration(desk, eero, id)).toBe('done')
    const [closed] = unlessRefused(await listCalibrations(desk, otherExpert)).items
    expect(closed?.summary).toMatchObject({
      evaluators: 3,
      totals: { least: 0, most: 100 },
      questions: [
        {
          given: [
            { answer: 0, count: 1 },
            { answer: 1, count: 2 },
          ],
        },
        { notApplicable: 0 },
      ],
      alphas: [
        { scale: 'yes-no', measure: 'nominal' },
        { scale: 'one-to-five', measure: 'ordinal' },
      ],
    })
    expect(unlessRefused(await listOwnEvaluations(desk, officials[0]!.session)).some((one) => one.id === first)).toBe(
      false,
    )
    await endByTerm(recording)
    // The name is empty, because it might identify the call.
    expect(unlessRefused(await listCalibrations(desk, eero)).items).toMatchObject([
      { name: '', summary: { evaluators: 3 } },
    ])
    expect(unlessRefused(await listCalibrations(desk, eero)).items[0]).not.toHaveProperty('destroyAt')
  })

  test('has no result once its recording was forbidden, nor after a restored backup brought it back (R50)', async () => {
    const closed = async (name: string) => {
      const recording = await makeRecording(0)
      const { id } = unlessRefused(await beginCalibration(desk, eero, { recordingId: recording, formId, name }))
      for (const user of [eero, otherExpert]) {
        const { id: ownId } = unlessRefused(await joinCalibration(desk, user, id))
        const { revision } = unlessRefused(await saveEvaluation(desk, user, ownId, work({ q1: 1, q2: 4 })))
        expect(await releaseEvaluation(desk, user, ownId, revision)).toBe('done')
      }
      expect(await closeCalibration(desk, eero, id)).toBe('done')
      return { id, recording }
    }
    const summaryOf = async (id: string) =>
      (await sql<{ summary: unknown }>`select summary from calibration where id = ${id}`.execute(admin)).rows[0]!
        .summary
    const shown = async (id: string) =>
      unlessRefused(await listCalibrations(desk, eero)).items.find((one) => one.id === id)
    const waiting = await closed('Odottaa')
    expect(await shown(waiting.id)).toHaveProperty('summary')
    await sql`insert into prohibition (recording_id, party, channel, received_at, entered_by)
      select ${waiting.recording}, 'CALLER', 'PHONE', now(), begun_by from calibration where id = ${waiting.id}`.execute(
      admin,
    )
    expect(await shown(waiting.id), 'also while an order or a case keeps it').not.toHaveProperty('summary')
    const forbidden = await closed('Kielletty')
    expect(await summaryOf(forbidden.id)).toMatchObject({ evaluators: 2 })
    await destroyer.destroy(forbidden.recording)
    expect(await summaryOf(forbidden.id)).toBeNull()
    const restored = await closed('Palautettu')
    await sql`alter table recording disable trigger ends_uses`.execute(admin)
    await destroyer.destroy(restored.recording)
    await sql`alter table recording enable trigger ends_uses`.execute(admin)
    expect(await summaryOf(restored.id)).toMatchObject({ evaluators: 2 })
    await endExpiredQuality(custodian)
    expect(await summaryOf(restored.id)).toBeNull()
  })
})

test('scores contain no text, because they outlive the text about the call', async () => {
  const { id } = await draft(2)
  const asEero = (statement: ReturnType<typeof sql>) =>
    desk.transaction().execute(async (tx) => {
      await sql`select set_config('seloste.session', ${eero.token}, true)`.execute(tx)
      await statement.execute(tx)
    })
  await expect(asEero(sql`select save_evaluation(${id}, 0, '{"q1": "Soittaja oli Maija"}', '[]', '')`)).rejects.toThrow(
    'check constraint',
  )
  await expect(
    asEero(
      sql`select release_evaluation(${id}, 0, '{"total": 1, "isFailed": false, "sections": {"Soittaja oli Maija": 1}}')`,
    ),
  ).rejects.toThrow('check constraint')
})

test('joining a calibration and destroying its recording cannot deadlock', async () => {
  const recording = await makeRecording(1)
  const { id } = unlessRefused(
    await beginCalibration(desk, eero, { recordingId: recording, formId, name: 'Yhtä aikaa' }),
  )
  const joining = await admin.transaction().execute(async (tx) => {
    await sql`select from recording where id = ${recording} for update`.execute(tx)
    const began = joinCalibration(desk, otherExpert, id)
    await new Promise((resolve) => setTimeout(resolve, 200))
    // Takes the locks that the end of a recording takes after the recording's row. Joining must not have locked the
    // calibration before.
    await sql`set local lock_timeout = '300ms'`.execute(tx)
    await sql`select from calibration where id = ${id} for update`.execute(tx)
    return { began }
  })
  unlessRefused(await joining.began)
})

describe('results', () => {
  test('need five officials and ten evaluations in a group, and show nothing of smaller ones', async () => {
    await sql`update evaluation set mark = null`.execute(admin)
    const quarterOf = (at: Temporal.ZonedDateTime) => at.with({ month: Math.ceil(at.month / 3) * 3 - 2, day: 1 })
    for (let n = 0; n < 9; n++) await released(n % 4, { q1: 1, q2: 3 })
    await sql`update evaluation set released_at = released_at - interval '7 days', quarter = '2026-10-01'`.execute(
      admin,
    )
    const quarter = Temporal.PlainDate.from('2026-10-01')
    expect(quarterOf(Temporal.ZonedDateTime.from('2026-11-26T00:00[Europe/Helsinki]')).toPlainDate()).toEqual(quarter)
    expect(unlessRefused(await readResults(desk, eero, quarter))).toEqual([
      expect.objectContaining({ isEnough: false, number }) as unknown,
    ])
    expect(unlessRefused(await readResults(desk, eero, quarter))[0]).not.toHaveProperty('mean')
    await released(4, { q1: 0, q2: 3 })
    // Evaluations of the current week do not count yet, so that reading twice reveals none of them.
    expect(unlessRefused(await readResults(desk, eero, quarter))).toMatchObject([{ isEnough: false }])
    await sql`update evaluation set released_at = released_at - interval '7 days', quarter = '2026-10-01'`.execute(
      admin,
    )
    expect(unlessRefused(await readResults(desk, sari, quarter))).toMatchObject([
      { isEnough: true, evaluations: 10, officials: 5, mean: 68, failedShare: 10, sections: [{ mean: 68 }] },
    ])
    expect(unlessRefused(await readResults(desk, supervisorOfOtherUnit, quarter))).toEqual([])
  })

  test('change by five evaluations, or not at all, so that an evaluation released alone in a week is not revealed', async () => {
    const quarter = Temporal.PlainDate.from('2026-10-01')
    const read = async () => unlessRefused(await readResults(desk, sari, quarter))
    const weekLater = () =>
      sql`update evaluation set released_at = released_at - interval '7 days', quarter = '2026-10-01'`.execute(admin)
    const before = await read()
    expect(before).toMatchObject([{ evaluations: 10 }])
    for (let week = 0; week < 4; week++) {
      await released(week, { q1: 0, q2: 1 })
      await weekLater()
      expect(await read()).toEqual(before)
    }
    await released(4, { q1: 1, q2: 5 })
    await weekLater()
    expect(await read()).toMatchObject([{ evaluations: 15, officials: 5, failedShare: 33 }])
  })
})

test('forms and plans are shown to people with the duty and a right to the number, without naming their authors', async () => {
  const plan = unlessRefused(
    await beginPlan(desk, eero, {
      name: 'Otos',
      formId,
      unitId: officials[0]!.person.unitId,
      number,
      weekly: 1,
      daysLeft: 14,
    }),
  )
  const seen = (session: Session, query: string) =>
    inSession(desk, { 'seloste.session': session.token }, async (tx) => (await sql.raw(query).execute(tx)).rows.length)
  const forms = `select draft from quality_form where id = '${formId}'`
  const versions = `select content from quality_form_version where form_id = '${formId}' and version = 1`
  const plans = `select seed from sampling_plan where id = '${plan.id}'`
  for (const [session, ofForm, ofPlan] of [
    [eero, 1, 1],
    [sari, 1, 1],
    [expertOfOtherNumber, 1, 0],
    [supervisorOfOtherUnit, 1, 0],
    [trainer, 0, 0],
    [officials[0]!.session, 0, 0],
  ] as const) {
    expect(await seen(session, forms)).toBe(ofForm)
    expect(await seen(session, versions)).toBe(ofForm)
    expect(await seen(session, plans)).toBe(ofPlan)
  }
  for (const query of ['begun_by from quality_form', 'draft_by from quality_form', 'begun_by from sampling_plan'])
    await expect(seen(eero, `select ${query}`)).rejects.toThrow('permission denied')
})

test('no process can read the tables of evaluations, forms or scores directly', async () => {
  for (const table of ['evaluation', 'quality_mark', 'calibration', 'sampling_plan', 'quality_form']) {
    for (const db of [desk, custodian, database.as('seloste_capture').db]) {
      await expect(sql.raw(`select * from ${table}`).execute(db)).rejects.toThrow('permission denied')
    }
  }
  await expect(
    sql`insert into audit_entry (action, result) values ('quality.evaluation-read', 'ok')`.execute(desk),
  ).rejects.toThrow('row-level security')
})
