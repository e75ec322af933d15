/**
 * Requests, prohibitions and evaluations of a call after a correction assigns it to another official (R39, R48-R50, L9):
 * those of the former official do not become the new official's.
 */
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { RequestDetail } from '#app/http/contract/requests.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { beginCalibration, joinCalibration } from '#use/quality/calibrations.ts'
import {
  beginEvaluation,
  listEvaluations,
  readEvaluation,
  releaseEvaluation,
  saveEvaluation,
} from '#use/quality/evaluate.ts'
import { beginForm, publishForm, saveForm } from '#use/quality/forms.ts'
import { disagreeWithEvaluation, listOwnEvaluations } from '#use/quality/own-evaluations.ts'
import { beginPlan, drawSamplesDue } from '#use/quality/sampling.ts'
import { letterTexts } from '#use/requests/letters/letter-texts.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone } from '../database/people.ts'
import { openGdprServiceUnit } from '../requests/open-gdpr-service-unit.ts'

const database = await createTestDatabase<RegisterTables>()
const acts = await openGdprServiceUnit(database)
const { makeRecording, served, ask: requestOf, admin, custodian, people, stateOf, setDay } = acts
const deskDb = database.as('seloste_desk').db
const number = phone('029 497 000')

/** Recording of a call that Aino answered at noon, this many days before Monday of this week. */
async function callOfAino(daysBefore = 3) {
  const today = Temporal.Now.zonedDateTimeISO('Europe/Helsinki').startOfDay()
  const startedAt = today
    .subtract({ days: today.dayOfWeek - 1 + daysBefore })
    .add({ hours: 12 })
    .toInstant()
  return makeRecording({
    ...{ startedAt, answeredAt: startedAt.add({ seconds: 20 }), endedAt: startedAt.add({ minutes: 3 }) },
  })
}

async function correct(
  segmentId: string,
  request: { id: string },
  becomes: 'aino' | 'bertil' = 'bertil',
): Promise<void> {
  const { body } = await requestOf('paula', 'POST', `/api/requests/${request.id}/corrections`, {
    ...{ segmentId, officialUserId: people[becomes].userId },
  })
  const decision = `/api/corrections/${body['id'] as string}/decision`
  expect((await requestOf('riitta', 'POST', decision, { outcome: 'APPROVED' })).status).toBe(204)
}
async function send(request: string, kind: string): Promise<void> {
  const { status, body } = await requestOf('paula', 'POST', `/api/requests/${request}/letters`, { kind })
  expect(status).toBe(201)
  expect(
    (await requestOf('paula', 'POST', `/api/letters/${body['id'] as string}/delivery`, { how: 'POST' })).status,
  ).toBe(204)
}
const close = (id: string) => requestOf('paula', 'POST', `/api/requests/${id}/close`, { outcome: 'ANSWERED' })
const unfinished = (body: object) => (body as { error?: { field?: string } }).error?.field

/** Throws if the act was refused, and returns its answer otherwise. */
function unlessRefused<Answer>(answer: Answer): Exclude<Answer, { refused: string }> {
  if (typeof answer === 'object' && answer !== null && 'refused' in answer) throw new Error(String(answer.refused))
  return answer as Exclude<Answer, { refused: string }>
}

/** Makes and releases an evaluation of a recording. Returns its id. */
async function makeReleasedEvaluation(recording: string, eero: Session): Promise<string> {
  const question = { id: 'q1', text: 'Tervehti?', help: '', scale: { kind: 'yes-no' as const }, weight: 1 }
  const sections = [
    {
      ...{ id: 's1', title: 'Kohtaaminen', weight: 1 },
      questions: [{ ...question, critical: 'none' as const, mayNotApply: false }],
    },
  ]
  const formId = unlessRefused(await beginForm(deskDb, eero, { language: 'fi', name: 'Lomake' })).id
  const draft = unlessRefused(await saveForm(deskDb, eero, formId, { revision: 0, name: 'Lomake', form: { sections } }))
  await publishForm(deskDb, eero, formId, draft.revision)
  const { unitId } = people.aino
  unlessRefused(await beginPlan(deskDb, eero, { name: 'Viikko', formId, unitId, number, weekly: 50, daysLeft: 14 }))
  await drawSamplesDue(custodian)
  // Another test begins a plan of the same unit and number.
  await sql`update sampling_plan set ended_at = now(), ended_by = begun_by where ended_at is null`.execute(admin)
  const { id } = unlessRefused(await listEvaluations(deskDb, eero)).find(
    ({ recordingId }) => recordingId === recording,
  )!
  expect(await beginEvaluation(deskDb, eero, id)).toBe('done')
  const work = { revision: 0, answers: { q1: 1 }, comments: [], note: 'Sujui' }
  expect(
    await releaseEvaluation(deskDb, eero, id, unlessRefused(await saveEvaluation(deskDb, eero, id, work)).revision),
  ).toBe('done')
  return id
}

/** Begins a calibration of a recording, which each of these people has joined. */
async function joinedCalibration(recording: string, people: Record<string, Session>): Promise<string> {
  const [begins] = Object.values(people) as [Session]
  const { rows } = await sql<{ form_id: string }>`
    select form_id from evaluation where recording_id = ${recording} limit 1`.execute(admin)
  const given = { recordingId: recording, formId: rows[0]!.form_id, name: 'Yhteinen' }
  const { id } = unlessRefused(await beginCalibration(deskDb, begins, given))
  for (const session of Object.values(people)) unlessRefused(await joinCalibration(deskDb, session, id))
  return id
}

test('does not show an official’s disagreement with an evaluation to the official to whom a correction assigns the call', async () => {
  const { id: recording, segmentId, contactId } = await callOfAino()
  const scope = { kind: 'numbers' as const, units: [], numbers: [number] }
  const right = { role: 'EXPERT' as const, duty: 'QUALITY' as const, purposes: ['QUALITY' as const], scope }
  const eero = await (await enterTestPerson(admin, deskDb, { name: 'Eero', unit: 'Laatu', right })).signIn()
  const id = await makeReleasedEvaluation(recording, eero)
  const [aino, bertil] = [await people.aino.signIn(), await people.bertil.signIn()]
  const text = 'Olin tullut suoraan sairaslomalta'
  expect(await disagreeWithEvaluation(deskDb, aino, id, text)).toBe('done')
  await correct(segmentId, await served({ contacts: [contactId] }))
  expect(unlessRefused(await listOwnEvaluations(deskDb, aino))).toEqual([])
  const [theirs] = unlessRefused(await listOwnEvaluations(deskDb, bertil))
  expect(theirs).toMatchObject({ id, note: 'Sujui', state: 'RELEASED' })
  expect(JSON.stringify(theirs)).not.toContain(text)
  expect(theirs).not.toHaveProperty('acknowledgedAt')
  expect(theirs).not.toHaveProperty('disagreedAt')
  // The new official can answer the evaluation, which counts as one of theirs.
  expect(await disagreeWithEvaluation(deskDb, bertil, id, 'En ollut puhelussa')).toBe('done')
  const { rows } = await sql<{ person_id: string }>`
    select m.person_id from evaluation e join quality_mark m on m.mark = e.mark where e.id = ${id}`.execute(admin)
  expect(rows).toEqual([{ person_id: people.bertil.id }])
})

test.each(['released', 'begun'] as const)(
  'an evaluation that its evaluator has %s returns to the queue, empty, if a correction shows that the call was their own',
  async (state) => {
    const { id: recording, segmentId, contactId } = await callOfAino(state === 'released' ? 2 : 4)
    const scope = { kind: 'numbers' as const, units: [], numbers: [number] }
    const right = { role: 'EXPERT' as const, duty: 'QUALITY' as const, purposes: ['QUALITY' as const], scope }
    const evaluator = await enterTestPerson(admin, deskDb, { name: 'Essi', unit: 'Laatu', right })
    const other = await (await enterTestPerson(admin, deskDb, { name: 'Eila', unit: 'Laatu', right })).signIn()
    const essi = await evaluator.signIn()
    const id = await makeReleasedEvaluation(recording, essi)
    if (state === 'begun') {
      await sql`update evaluation set state = 'DRAFT', released_at = null, mark = null, total = null where id = ${id}`.execute(
        admin,
      )
    }
    const calibration = await joinedCalibration(recording, { essi, other })
    const request = await served({ contacts: [contactId] })
    const { body } = await requestOf('paula', 'POST', `/api/requests/${request.id}/corrections`, {
      ...{ segmentId, officialUserId: evaluator.userId },
    })
    const decision = `/api/corrections/${body['id'] as string}/decision`
    expect((await requestOf('riitta', 'POST', decision, { outcome: 'APPROVED' })).status).toBe(204)
    expect(
      unlessRefused(await listEvaluations(deskDb, other)).find((evaluation) => evaluation.id === id),
    ).toMatchObject({ state: 'WAITING', isTaken: false })
    expect(await readEvaluation(deskDb, other, id)).toMatchObject({ answers: {}, comments: [], note: '' })
    expect(await readEvaluation(deskDb, essi, id)).toMatchObject({ refused: 'not-found' })
    const { rows } = await sql`select evaluator_id, mark, total, released_at from evaluation where id = ${id}`.execute(
      admin,
    )
    expect(rows).toEqual([{ evaluator_id: null, mark: null, total: null, released_at: null }])
    // Of a calibration that is not closed, their answers are not compared either.
    const { rows: joined } = await sql`
      select evaluator_id from evaluation where calibration_id = ${calibration}`.execute(admin)
    expect(joined).toEqual([{ evaluator_id: other.personId }])
  },
)

test('a former official’s inspection delays no destruction', async () => {
  const { id: recording, segmentId, contactId } = await callOfAino()
  const official = { party: 'OFFICIAL' as const, officialId: people.aino.id, kinds: ['LISTEN' as const] }
  const request = await served({ contacts: [contactId], ...official })
  expect(request.calls[0]!.inspectionId).not.toBeNull()
  await correct(segmentId, await served({ contacts: [contactId] }))
  await acts.forbidByCaller(recording)
  expect((await stateOf(recording)).state).toBe('DESTROYING')
})

test('the former official’s prohibition, which waits for the caller, does not destroy the recording after the correction', async () => {
  const { id: recording, segmentId, contactId } = await callOfAino()
  const request = await served({ contacts: [contactId], kinds: ['LISTEN', 'RECTIFY'] })
  await acts.forbidByOfficial(recording)
  expect((await stateOf(recording)).state).toBe('RESTRICTED')
  await correct(segmentId, request)
  expect((await stateOf(recording)).state).toBe('STORED')
  expect((await acts.get('bertil', '/api/my-calls/acts')).body).toMatchObject({ forbidden: [] })
  expect((await requestOf('paula', 'POST', `/api/requests/${request.id}/close`, { outcome: 'WITHDRAWN' })).status).toBe(
    204,
  )
  expect((await stateOf(recording)).state).toBe('STORED')
  // The new official's prohibition is their own.
  const own = { party: 'OFFICIAL', channel: 'OWN_CALLS' }
  expect((await acts.forbid('aino', recording, own)).code).toBe('not-found')
  expect((await acts.forbid('bertil', recording, own)).status).toBe(200)
  expect((await stateOf(recording)).state).toBe('DESTROYING')
})

test('a correction that assigns the call back reinstates the official’s prohibition, and the log records both changes', async () => {
  const { id: recording, segmentId, contactId } = await callOfAino()
  const request = await served({ contacts: [contactId], kinds: ['LISTEN', 'RECTIFY'] })
  await acts.forbidByOfficial(recording)
  await correct(segmentId, request)
  expect((await stateOf(recording)).state).toBe('STORED')
  await correct(segmentId, request, 'aino')
  expect((await stateOf(recording)).state).toBe('RESTRICTED')
  expect((await acts.get('aino', '/api/my-calls/acts')).body).toMatchObject({ forbidden: [{ recordingId: recording }] })
  const { rows } = await sql<{ action: string; person_id: string }>`
    select action, person_id from audit_entry
    where object_kind = 'prohibition' and detail ->> 'recording' = ${recording} order by seq`.execute(admin)
  expect(rows).toEqual([
    { action: 'recording.forbidden', person_id: people.aino.id },
    { action: 'recording.prohibition-withdrawn', person_id: people.riitta.id },
    { action: 'recording.forbidden', person_id: people.riitta.id },
  ])
  // The prohibition waits only for the caller's request.
  await requestOf('paula', 'POST', `/api/requests/${request.id}/close`, { outcome: 'WITHDRAWN' })
  await sql`select settle_ends()`.execute(custodian)
  expect((await stateOf(recording)).state).toBe('DESTROYING')
})

test('a call that a correction gives to an official who did not consent is marked for review (L16)', async () => {
  await sql`insert into person_recording_consent (person_id, valid_from) values (${people.aino.id}, now() - interval '1 year')`.execute(
    admin,
  )
  const { segmentId, contactId } = await callOfAino()
  await correct(segmentId, await served({ contacts: [contactId] }))
  const { rows } = await sql<{ marks: string[] }>`select marks from segment where id = ${segmentId}`.execute(admin)
  expect(rows[0]?.marks).toContain('needs-review')
})

test('a corrected part is in the unit that the directory has for its new official at the decision', async () => {
  const { segmentId, contactId } = await callOfAino()
  const request = await served({ contacts: [contactId] })
  const { body } = await requestOf('paula', 'POST', `/api/requests/${request.id}/corrections`, {
    ...{ segmentId, officialUserId: people.bertil.userId },
  })
  const { unitId } = await enterTestPerson(admin, deskDb, { name: 'Muu', unit: 'Muu yksikkö' })
  await sql`update person_placement set unit_id = ${unitId} where person_id = ${people.bertil.id}`.execute(admin)
  const decision = `/api/corrections/${body['id'] as string}/decision`
  expect((await requestOf('riitta', 'POST', decision, { outcome: 'APPROVED' })).status).toBe(204)
  await sql`update person_placement set unit_id = ${people.bertil.unitId} where person_id = ${people.bertil.id}`.execute(
    admin,
  )
  const { rows } = await sql`select official_unit_id from segment where id = ${segmentId}`.execute(admin)
  expect(rows).toEqual([{ official_unit_id: unitId }])
})

test('a restriction that an official was informed of lasts after the correction until they are informed of its end (GDPR 18(3))', async () => {
  const { id: recording, segmentId, contactId } = await callOfAino()
  const request = await served({
    contacts: [contactId],
    ...{ party: 'OFFICIAL' as const, officialId: people.aino.id, kinds: ['RESTRICTION', 'RECTIFY'] },
  })
  await send(request.id, 'restriction')
  expect((await stateOf(recording)).state).toBe('RESTRICTED')
  await correct(segmentId, request)
  // As the custodian does every few seconds.
  await sql`select settle_ends()`.execute(custodian)
  expect((await stateOf(recording)).state).toBe('RESTRICTED')
  await send(request.id, 'correction')
  expect(unfinished((await close(request.id)).body)).toBe('letter')
  await send(request.id, 'restriction-end')
  expect((await close(request.id)).status).toBe(204)
  expect((await stateOf(recording)).state).toBe('STORED')
})

describe('a request of an official for a call that a correction assigned to another', () => {
  const ofAino = { party: 'OFFICIAL' as const, officialId: people.aino.id }
  /** Adds an office slot of one hour that begins in this many hours. */
  async function slotIn(hours: number): Promise<string> {
    const names = { fi: 'Oulu', sv: 'Uleåborg', en: 'Oulu' }
    const office = await requestOf('paula', 'POST', '/api/offices', { names: names, address: names })
    const { rows } = await sql<{ id: string }>`
      insert into office_slot (office_id, starts_at, ends_at, host_id, added_by)
      select ${office.body['id']}::uuid, now() + make_interval(hours => ${hours}::integer),
        now() + make_interval(hours => ${hours + 1}::integer), ${people.paula.id}, ${people.paula.id} returning id`.execute(
      admin,
    )
    return rows[0]!.id
  }
  const book = (request: string, slotId: string) =>
    requestOf('paula', 'POST', `/api/requests/${request}/appointments`, { slotId, needs: [] })
  const offered = async (request: string) => (await requestOf('paula', 'GET', `/api/requests/${request}/slots`)).body
  const read = async (request: string) =>
    (await requestOf('paula', 'GET', `/api/requests/${request}`)).body as unknown as RequestDetail

  test('gets no listening appointment: the booked one is over, its slot is free, and no other is offered', async () => {
    const { segmentId, contactId } = await callOfAino()
    const request = await served({ contacts: [contactId], ...ofAino, kinds: ['LISTEN'] })
    const slot = await slotIn(30)
    expect((await book(request.id, slot)).status).toBe(201)
    await correct(segmentId, await served({ contacts: [contactId] }))
    expect(await read(request.id)).toMatchObject({ appointments: [{ state: 'OVER' }], next: ['answer'] })
    const free = await offered(request.id)
    expect(free).toMatchObject({ items: [] })
    expect(free).not.toHaveProperty('latest')
    expect(await book(request.id, slot)).toMatchObject({ status: 409, code: 'appointment.nothing' })
    const caller = await served({ contacts: [contactId], kinds: ['LISTEN'] })
    expect((await book(caller.id, slot)).status).toBe(201)
  })

  test('keeps its inspections of other calls, and their appointment', async () => {
    const [corrected, other] = [await callOfAino(), await callOfAino(4)]
    const request = await served({ contacts: [corrected.contactId, other.contactId], ...ofAino, kinds: ['LISTEN'] })
    expect((await book(request.id, await slotIn(31))).status).toBe(201)
    const latest = async () => ((await offered(request.id)) as { latest?: string }).latest
    await setDay(corrected.id, Temporal.Now.instant().add({ hours: 40 }))
    const before = await latest()
    await correct(corrected.segmentId, await served({ contacts: [corrected.contactId] }))
    expect((await read(request.id)).appointments).toMatchObject([{ state: 'BOOKED' }])
    // The end of another official's call is no longer reported.
    expect(Temporal.Instant.compare((await latest())!, before!)).toBe(1)
  })

  test('gets no copy: a ready copy ends, and no letter reports it', async () => {
    const { id: recording, segmentId, contactId } = await callOfAino()
    const request = await served({ contacts: [contactId], ...ofAino, kinds: ['COPY', 'KNOW'] })
    const made = await acts.makeCopy(request.id, recording)
    expect(made.status).toBe(201)
    await acts.ready(made.body['id'] as string)
    await correct(segmentId, await served({ contacts: [contactId] }))
    expect((await acts.copyOf(made.body['id'] as string)).rows[0]).toMatchObject({ end_why: 'withdrawn' })
    const letter = await requestOf('paula', 'POST', `/api/requests/${request.id}/letters`, { kind: 'copy' })
    expect(letter).toMatchObject({ status: 409, code: 'letter.nothing-to-tell' })
  })

  test('mentions the call, and who viewed it, only in the correction letter', async () => {
    const t = letterTexts('fi')
    const { segmentId, contactId } = await callOfAino()
    const request = await served({
      contacts: [contactId],
      ...ofAino,
      kinds: ['KNOW', 'HISTORY', 'LOG_EXTRACT', 'RECTIFY'],
    })
    const extract = `/api/contacts/${contactId}/looks?reference=${request.number}`
    expect((await requestOf('paula', 'GET', extract)).status).toBe(200)
    await correct(segmentId, request)
    const drafted = await requestOf('paula', 'POST', `/api/requests/${request.id}/letters`, { kind: 'answer' })
    const { rows } = await sql<{ content: string }>`
      select content::text from letter where id = ${drafted.body['id']}::uuid`.execute(admin)
    expect(rows[0]!.content).toContain(t('letter.not-shown'))
    for (const reported of ['letter.unanswered', 'letter.label.caller', 'letter.label.start'] as const)
      expect(rows[0]!.content).not.toContain(t(reported))
    expect((await requestOf('paula', 'GET', extract)).status).toBe(404)
    const logExtract = await requestOf('paula', 'POST', `/api/requests/${request.id}/letters`, { kind: 'log-extract' })
    expect(logExtract).toMatchObject({ status: 409, code: 'letter.nothing-to-tell' })
    for (const kind of ['answer', 'correction']) await send(request.id, kind)
    expect((await read(request.id)).next).toEqual(['close'])
    expect((await close(request.id)).status).toBe(204)
  })

  test('fetches no letter at home that was made before the correction', async () => {
    const { segmentId, contactId } = await callOfAino()
    const request = await served({ contacts: [contactId], ...ofAino, kinds: ['KNOW', 'HISTORY'] })
    await sql`update subject_request set channel = 'HOME', identified_how = 'STRONG_EID', identified_by = null where id = ${request.id}`.execute(
      admin,
    )
    await sql`insert into home_answer (request_id, told, fetch_digest) values (${request.id}, 'x', sha256('x'))`.execute(
      admin,
    )
    const leave = async (kind: string) => {
      const { body } = await requestOf('paula', 'POST', `/api/requests/${request.id}/letters`, { kind })
      await sql`update letter set delivered_at = now(), delivered_how = 'HOME', delivered_by = ${people.paula.id}
        where id = ${body['id']}::uuid`.execute(admin)
    }
    const fetched = async () => {
      const { rows } = await sql<{ answer: { letters: { kind: string }[] } }>`
        select read_home_answer(sha256('x')) as answer`.execute(custodian)
      return rows[0]!.answer.letters.map(({ kind }) => kind)
    }
    await leave('received')
    await leave('answer')
    expect(await fetched()).toEqual(['received', 'answer'])
    await correct(segmentId, await served({ contacts: [contactId] }))
    expect(await fetched()).toEqual(['received'])
    await leave('answer')
    expect(await fetched()).toEqual(['received', 'answer'])
  })
})
