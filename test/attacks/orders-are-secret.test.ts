/**
 * A preservation order is secret: past its term a recording that it keeps is shown, in evaluation, training and
 * disclosures, like one that ended at its term (L37).
 */
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { sweep } from '#destruction/retention/sweep.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { beginCalibration, joinCalibration, listCalibrations } from '#use/quality/calibrations.ts'
import {
  beginEvaluation,
  listEvaluations,
  readEvaluation,
  releaseEvaluation,
  saveEvaluation,
} from '#use/quality/evaluate.ts'
import { beginForm, publishForm, saveForm } from '#use/quality/forms.ts'
import { beginPlan } from '#use/quality/sampling.ts'
import { readResearch } from '#use/disclosure/research/read-research.ts'
import { addMoment, beginCollection, listCollections, readCollection } from '#use/training/collections.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson, phone } from '../database/people.ts'
import { openDestructionDesk } from '../ends/open-destruction-desk.ts'

const database = await createTestDatabase<RegisterTables>()
const ends = await openDestructionDesk(database)
const { admin, custodian, people } = ends
const desk = database.as('seloste_desk').db
const number = phone('029 497 000')
const scope = { kind: 'numbers' as const, units: [], numbers: [number] }

let eero: Session
let elina: Session
let sari: Session
let tiina: Session

/** Throws if the act was refused, and returns its answer otherwise. */
function unlessRefused<Answer>(answer: Answer): Exclude<Answer, { refused: string }> {
  if (typeof answer === 'object' && answer !== null && 'refused' in answer) throw new Error(String(answer.refused))
  return answer as Exclude<Answer, { refused: string }>
}
/**
 * Recordings by the state of their evaluation: released, begun or waiting. The waiting one is also in a calibration and
 * a collection.
 */
const makeRecording = () => ends.makeRecordingUntil(24)
const makeGroup = async () => ({
  released: await makeRecording(),
  begun: await makeRecording(),
  waiting: await makeRecording(),
})
const groups = { held: await makeGroup(), gone: await makeGroup() }
const evaluations = new Map<string, string>()
const collections: Record<string, string> = {}
const calibrations: Record<string, string> = {}
const disclosures: Record<string, string> = {}

/** Begins a research disclosure of a recording that has a checked copy. Returns its id. */
async function disclose(study: string, { id, contactId }: Awaited<ReturnType<typeof makeRecording>>): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    with place as (
      insert into institute (name, contact, email, language, added_by)
      values (${study}, 'Kirjaamo', 'kirjaamo@tutkimus.example', 'fi', ${people.tuula.id}::uuid) returning id
    ), begun as (
      insert into research_disclosure (number, institute_id, study, due_on, format, prepared_by)
      select ${study === 'held' ? 'T-2026-1' : 'T-2026-2'}, place.id, 'Tutkimus', current_date + 30, 'WAV', ${people.tuula.id}::uuid from place returning id
    ), picked as (
      insert into research_item (disclosure_id, item, recording_id, contact_id, picked_by)
      select begun.id, 1, ${id}::uuid, ${contactId}::uuid, ${people.tuula.id}::uuid from begun
    ), copied as (
      insert into anonymised_copy (recording_id, duration_ms, prepared_by, state, rendered_at, checked_at, checked_by)
      values (${id}::uuid, 1000, ${people.tuula.id}::uuid, 'APPROVED', now(), now(), ${people.aino.id}::uuid)
    )
    select id from begun`.execute(admin)
  return rows[0]!.id
}

beforeAll(async () => {
  const right = { role: 'EXPERT' as const, duty: 'QUALITY' as const, purposes: ['QUALITY' as const], scope }
  const enter = (name: string, right: Parameters<typeof enterTestPerson>[2]['right']) =>
    enterTestPerson(admin, desk, { name, ...(right && { right }) })
  eero = await (await enter('Eero', right)).signIn()
  elina = await (await enter('Elina', right)).signIn()
  sari = await (await enter('Sari', { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' })).signIn()
  tiina = await (await enter('Tiina', { ...right, duty: 'TRAINING', purposes: ['TRAINING'] })).signIn()
  const question = { id: 'q1', text: 'Tervehti?', help: '', scale: { kind: 'yes-no' as const }, weight: 1 }
  const questions = [{ ...question, critical: 'none' as const, mayNotApply: false }]
  const form = { sections: [{ id: 's1', title: 'Kohtaaminen', weight: 1, questions }] }
  const formId = unlessRefused(await beginForm(desk, eero, { language: 'fi', name: 'Lomake' })).id
  await publishForm(
    desk,
    eero,
    formId,
    unlessRefused(await saveForm(desk, eero, formId, { revision: 0, name: 'Lomake', form })).revision,
  )
  const { unitId } = people.aino
  unlessRefused(await beginPlan(desk, eero, { name: 'Viikko', formId, unitId, number, weekly: 50, daysLeft: 14 }))
  const all = Object.values(groups).flatMap((group) => Object.values(group))
  await sql`
    select queue_evaluation(p, current_date, r) from sampling_plan p, unnest(${all.map(({ id }) => id)}::uuid[]) r`.execute(
    admin,
  )
  for (const { id, recordingId } of unlessRefused(await listEvaluations(desk, eero)))
    if (recordingId) evaluations.set(recordingId, id)
  for (const [name, { released, begun, waiting }] of Object.entries(groups)) {
    for (const recording of [released, begun]) await beginEvaluation(desk, eero, evaluations.get(recording.id)!)
    const work = { revision: 0, answers: { q1: 1 }, comments: [], note: 'Sujui' }
    const { revision } = unlessRefused(await saveEvaluation(desk, eero, evaluations.get(released.id)!, work))
    expect(await releaseEvaluation(desk, eero, evaluations.get(released.id)!, revision)).toBe('done')
    calibrations[name] = unlessRefused(
      await beginCalibration(desk, eero, { recordingId: waiting.id, formId, name: 'Yhdessä' }),
    ).id
    unlessRefused(await joinCalibration(desk, eero, calibrations[name]))
    collections[name] = unlessRefused(await beginCollection(desk, tiina, { name: `Kokoelma ${name}`, aim: '' })).id
    const moment = { recordingId: waiting.id, fromMs: 0, toMs: 1000, title: 'Alku', lesson: 'Tervehdys' }
    unlessRefused(await addMoment(desk, tiina, collections[name], moment))
    disclosures[name] = await disclose(name, begun)
  }
  await sql`
    insert into preservation_order (contact_id, contact_started_at, covers, provision, authority, order_reference, reference, until, entered_by)
    select id, started_at, 'recordings', 'p', 'Poliisi', 'o', 'R/1', now() + interval '1 month', ${people.tuula.id}::uuid
    from contact where id = any (${Object.values(groups.held).map(({ contactId }) => contactId)}::uuid[])`.execute(
    admin,
  )
  const past = Temporal.Now.instant().subtract({ minutes: 1 })
  for (const { id } of all) await ends.setDay(id, past)
  await sql`select settle_ends()`.execute(custodian)
  await sweep(ends.expunging, Temporal.Now.instant())
  for (const { id } of Object.values(groups.held)) expect((await ends.stateOf(id)).state).not.toMatch(/^DESTROY/)
  for (const { id } of Object.values(groups.gone)) expect((await ends.stateOf(id)).state).toBe('DESTROYED')
}, 60_000)

/** Returns the members of a response, without ids and instants. */
const shown = (items: readonly object[]) =>
  items
    .map((item) =>
      JSON.stringify(
        Object.fromEntries(
          Object.entries(item).map(([name, value]) => [
            name,
            /(At|Id|^id|week|myEvaluation|^official)$/.test(name) || value,
          ]),
        ),
      ),
    )
    .sort()

test('a list shows an evaluation whose recording an order keeps like one whose recording has ended', async () => {
  for (const user of [eero, elina, sari]) {
    const listed = unlessRefused(await listEvaluations(desk, user))
    const ofHeld = new Set(Object.values(groups.held).flatMap(({ id }) => evaluations.get(id) ?? []))
    const isHeld = ({ id, calibrationId }: { id: string; calibrationId?: string }) =>
      ofHeld.has(id) || calibrationId === calibrations['held']
    expect(shown(listed.filter(isHeld))).toEqual(shown(listed.filter((evaluation) => !isHeld(evaluation))))
  }
})

test('an evaluation whose recording an order keeps is read and begun like one whose recording has ended', async () => {
  for (const user of [eero, elina, sari]) {
    for (const kind of ['released', 'begun', 'waiting'] as const) {
      const read = async (name: 'held' | 'gone') => {
        const found = await readEvaluation(desk, user, evaluations.get(groups[name][kind].id)!)
        return 'refused' in found ? [found.refused] : shown([found])
      }
      expect(await read('held'), kind).toEqual(await read('gone'))
    }
  }
  expect(await beginEvaluation(desk, elina, evaluations.get(groups.held.waiting.id)!)).toEqual(
    await beginEvaluation(desk, elina, evaluations.get(groups.gone.waiting.id)!),
  )
})

test('calibrations and collections show a recording that an order keeps like one that has ended', async () => {
  const { items } = unlessRefused(await listCalibrations(desk, eero))
  const [held, gone] = ['held', 'gone'].map((name) => items.filter(({ id }) => id === calibrations[name]))
  expect(shown(held!)).toEqual(shown(gone!))
  const listed = unlessRefused(await listCollections(desk, tiina))
  const named = (name: string) =>
    shown(listed.filter(({ id }) => id === collections[name])).map((text) => text.replace(`Kokoelma ${name}`, ''))
  expect(named('held')).toEqual(named('gone'))
  const moments = async (name: string) =>
    shown(unlessRefused(await readCollection(desk, tiina, collections[name]!)).moments)
  expect(await moments('held')).toEqual(await moments('gone'))
})

test('a research disclosure shows a recording that an order keeps like one that has ended', async () => {
  const read = async (name: 'held' | 'gone') => {
    const { facts, lacks, waits } = unlessRefused(await readResearch(desk, eero, disclosures[name]!))
    return { items: shown(facts.items), lacks, waits }
  }
  expect(await read('held')).toEqual(await read('gone'))
})
