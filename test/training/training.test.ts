import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, phone, type TestPerson } from '#test/database/people.ts'
import { makeDestroyer } from '#test/register/destroy-recordings.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { ingestRecording } from '#register/recordings/ingest-recording.ts'
import type { RegisterTables } from '#register/tables.ts'
import { requestGrant } from '#safeguards/access/grant.ts'
import type { Session } from '#safeguards/people/session.ts'
import { listeningNow } from '#use/playback/listening-now.ts'
import { startListening } from '#use/playback/start-listening.ts'
import {
  addMoment,
  beginCollection,
  endCollection,
  listCollections,
  orderMoments,
  readCollection,
  removeMoment,
  saveCollection,
  saveMoment,
} from '#use/training/collections.ts'
import {
  beginTraining,
  endTraining,
  endExpiredTraining,
  enterTrainee,
  findTrainees,
  listOwnTrainings,
  listTrainings,
  readTraining,
  removeTrainee,
} from '#use/training/sessions.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const admin = database.as().db
const desk = database.as('seloste_desk').db
const custodian = database.as('seloste_custodian').db
const destroyer = makeDestroyer(database, register)

const moment = { fromMs: 100, toMs: 300, title: 'Tervehdys', lesson: 'Nimi kuuluu heti.' }
let tiina: Session
let elsewhere: Session
let eero: Session
let aino: TestPerson
let bertil: TestPerson

const enter = (name: string, right?: Parameters<typeof enterTestPerson>[2]['right']) =>
  enterTestPerson(admin, desk, { name, unit: 'Palvelu', ...(right && { right }) })
const numbers = (one: string) => ({ kind: 'numbers' as const, units: [], numbers: [phone(one)] })
const trainer = (one: string) => ({
  role: 'EXPERT' as const,
  duty: 'TRAINING' as const,
  purposes: ['TRAINING' as const],
  scope: numbers(one),
})

beforeAll(async () => {
  tiina = await (await enter('Tiina', trainer('029 497 000'))).signIn()
  elsewhere = await (await enter('Toinen', trainer('029 497 010'))).signIn()
  const quality = { ...trainer('029 497 000'), duty: 'QUALITY' as const, purposes: ['QUALITY' as const] }
  eero = await (await enter('Eero', quality)).signIn()
  const own = { kind: 'own' as const, units: [], numbers: [] }
  aino = await enter('Aino Virtanen', { role: 'OFFICIAL', purposes: ['DEVELOPMENT'], scope: own })
  bertil = await enter('Bertil Lindqvist')
}, 60_000)

/** Throws if the act was refused, and returns its answer otherwise. */
function unlessRefused<Answer>(answer: Answer): Exclude<Answer, { refused: string }> {
  if (typeof answer === 'object' && answer !== null && 'refused' in answer) throw new Error(String(answer.refused))
  return answer as Exclude<Answer, { refused: string }>
}

async function makeRecording(): Promise<string> {
  const startedAt = Temporal.Now.instant().subtract({ hours: 30 })
  const { id } = await register.record({
    startedAt,
    answeredAt: startedAt.add({ seconds: 5 }),
    endedAt: startedAt.add({ minutes: 3 }),
    official: { personId: aino.id, unitId: aino.unitId, name: 'Aino Virtanen', phone: phone('029 512 1001') },
  })
  await ingestRecording(register.ingest, id, Temporal.Now.instant())
  return id
}

const newCollection = async (aim = '') =>
  unlessRefused(await beginCollection(desk, tiina, { name: 'Aloitukset', aim })).id
const readMoments = async (id: string, user = tiina) => unlessRefused(await readCollection(desk, user, id)).moments

/** Starts a session led by Tiina with a moment of a recording, and ends her previous session. */
async function startLedSession(recording: string, attendees: readonly TestPerson[] = [aino]) {
  await sql`update training_session set ended_at = now() where ended_at is null`.execute(admin)
  const id = await newCollection()
  unlessRefused(await addMoment(desk, tiina, id, { recordingId: recording, ...moment }))
  const session = unlessRefused(await beginTraining(desk, tiina, { collectionId: id, name: 'Perehdytys' })).id
  for (const one of attendees) expect(await enterTrainee(desk, tiina, session, one.id)).toBe('done')
  return { collection: id, session, reference: unlessRefused(await readTraining(desk, tiina, session)).reference }
}

async function play(recording: string, reference?: string, user = tiina) {
  const now = Temporal.Now.instant()
  const request = {
    purpose: 'TRAINING' as const,
    ...(reference && { reference }),
    action: 'listening.started' as const,
  }
  const grant = await requestGrant(desk, user, request, now)
  if ('refused' in grant) return grant.refused
  return startListening(desk, grant, recording, now)
}

const readLog = async (action: string) =>
  (
    await sql<{ purpose: string | null; reference: string | null; result: string; detail: Record<string, unknown> }>`
      select purpose, reference, result, detail from audit_entry where action = ${action} order by seq desc`.execute(
      admin,
    )
  ).rows

describe('a collection', () => {
  test('has moments in an order, can be changed only by somebody who has read its latest state, and reports a conflict otherwise', async () => {
    const id = await newCollection('Puhelun alku')
    const recording = await makeRecording()
    const first = unlessRefused(await addMoment(desk, tiina, id, { recordingId: recording, ...moment })).id
    const second = unlessRefused(
      await addMoment(desk, tiina, id, { recordingId: recording, ...moment, fromMs: 200, toMs: 350 }),
    ).id
    expect(await orderMoments(desk, tiina, id, [second, first])).toBe('done')
    expect((await readMoments(id)).map((one) => one.id)).toEqual([second, first])
    expect(await orderMoments(desk, tiina, id, [second])).toEqual({ refused: 'training.changed-meanwhile' })
    expect(await saveMoment(desk, tiina, first, { ...moment, title: 'Nimi' })).toBe('done')
    expect((await readMoments(id))[1]).toMatchObject({
      state: 'THERE',
      title: 'Nimi',
      recordingId: recording,
      fromMs: 100,
    })
    const { revision } = unlessRefused(await readCollection(desk, tiina, id))
    expect(await saveCollection(desk, tiina, id, { revision, name: 'Alut', aim: '' })).toBe('done')
    expect(await saveCollection(desk, tiina, id, { revision, name: 'Muu', aim: '' })).toEqual({
      refused: 'training.changed-meanwhile',
    })
    const listed = unlessRefused(await listCollections(desk, tiina)).find((one) => one.id === id)
    expect(listed).toMatchObject({ name: 'Alut', moments: 2, empty: 0, nextEndsAt: expect.any(String) as string })
    expect(await removeMoment(desk, tiina, second)).toBe('done')
    expect(await endCollection(desk, tiina, id)).toBe('done')
    expect(await addMoment(desk, tiina, id, { recordingId: recording, ...moment })).toEqual({
      refused: 'training.collection-ended',
    })
  })

  test('adds a whole recording if no end is given', async () => {
    const id = await newCollection()
    const recording = await makeRecording()
    const { toMs: _, ...whole } = { ...moment, fromMs: 0 }
    unlessRefused(await addMoment(desk, tiina, id, { recordingId: recording, ...whole }))
    const { duration_ms } = await admin
      .selectFrom('recording')
      .select('duration_ms')
      .where('id', '=', recording)
      .executeTakeFirstOrThrow()
    const [added] = await readMoments(id)
    expect(duration_ms).toBeGreaterThan(0)
    expect(added).toMatchObject({ fromMs: 0, toMs: duration_ms })
  })

  test('refuses a moment outside its recording, of a recording that the trainer may not play, or with a personal identity code', async () => {
    const id = await newCollection()
    const recording = await makeRecording()
    const add = (changed: object, user = tiina) =>
      addMoment(desk, user, id, { recordingId: recording, ...moment, ...changed })
    expect(await add({ toMs: 999_000 })).toEqual({ refused: 'training.not-in-recording' })
    expect(await add({ toMs: 50 })).toEqual({ refused: 'training.not-in-recording' })
    expect(await add({ lesson: 'Tunnus 131052-308T luettiin.' })).toEqual({
      refused: 'input.identity-code',
      of: 'lesson',
    })
    expect(await add({}, elsewhere)).toEqual({ refused: 'not-found' })
    expect(await add({}, eero)).toEqual({ refused: 'deny.role' })
    unlessRefused(await add({}))
    expect(await readMoments(id, elsewhere)).toEqual([{ id: expect.any(String) as string, state: 'OUT_OF_REACH' }])
    const [listed] = unlessRefused(await listCollections(desk, elsewhere)).filter((one) => one.id === id)
    expect(listed).toMatchObject({ moments: 1, empty: 0 })
    expect(listed).not.toHaveProperty('nextEndsAt')
  })

  test('has an empty moment without text after its recording is destroyed', async () => {
    const id = await newCollection()
    const [destroyed, stays] = [await makeRecording(), await makeRecording()]
    unlessRefused(await addMoment(desk, tiina, id, { recordingId: destroyed, ...moment }))
    unlessRefused(await addMoment(desk, tiina, id, { recordingId: stays, ...moment, title: 'Lopetus' }))
    await destroyer.destroy(destroyed)
    expect(await readMoments(id)).toEqual([
      {
        id: expect.any(String) as string,
        state: 'EMPTY',
        emptiedAt: expect.any(String) as string,
        emptyWhy: 'forbidden',
      },
      expect.objectContaining({ state: 'THERE', title: 'Lopetus' }) as unknown,
    ])
    const { rows } = await sql<{ words: string }>`
      select string_agg(title || lesson, '') as words from training_moment where emptied_at is not null`.execute(admin)
    expect(rows[0]?.words).toBe('')
    expect(await readLog('training.moment-emptied')).toMatchObject([{ detail: { why: 'forbidden' } }])
  })

  test('restored from a backup is emptied of destroyed recordings before anybody reads it', async () => {
    const id = await newCollection()
    const recording = await makeRecording()
    unlessRefused(await addMoment(desk, tiina, id, { recordingId: recording, ...moment }))
    await sql`alter table recording disable trigger ends_uses`.execute(admin)
    await destroyer.destroy(recording)
    await sql`alter table recording enable trigger ends_uses`.execute(admin)
    await endExpiredTraining(custodian)
    expect(await readMoments(id)).toMatchObject([{ state: 'EMPTY' }])
  })

  test('shows no text about a recording that is past its term, emptied or not, or that is blocked', async () => {
    const id = await newCollection()
    const recording = await makeRecording()
    const { id: one } = unlessRefused(await addMoment(desk, tiina, id, { recordingId: recording, ...moment }))
    const momentsAfter = async (change: ReturnType<typeof sql>) => {
      await sql`alter table recording disable trigger user`.execute(admin)
      await sql`update recording set ${change} where id = ${recording}`.execute(admin)
      await sql`alter table recording enable trigger user`.execute(admin)
      return readMoments(id)
    }
    expect(await momentsAfter(sql`state = 'RESTRICTED'`)).toMatchObject([{ state: 'THERE', title: '', lesson: '' }])
    expect(await saveMoment(desk, tiina, one, { ...moment, title: 'Uusi' })).toEqual({
      refused: 'recording.restricted',
    })
    const over = await momentsAfter(sql`state = 'STORED', destroy_at = now() - interval '1 minute'`)
    expect(over).toMatchObject([{ state: 'EMPTY', emptyWhy: 'term' }])
    expect(over[0]).not.toHaveProperty('title')
  })

  test('can be ended or reordered without a deadlock with a destruction', async () => {
    const id = await newCollection()
    const recording = await makeRecording()
    const { id: one } = unlessRefused(await addMoment(desk, tiina, id, { recordingId: recording, ...moment }))
    const { id: two } = unlessRefused(await addMoment(desk, tiina, id, { recordingId: recording, ...moment }))
    const { ending } = await admin.transaction().execute(async (tx) => {
      await sql`select from recording where id = ${recording} for update`.execute(tx)
      await sql`select from training_moment where id = ${two} for update`.execute(tx)
      const ending = endCollection(desk, tiina, id)
      await new Promise((resolve) => setTimeout(resolve, 200))
      await sql`set local lock_timeout = '300ms'`.execute(tx)
      await sql`select from training_moment where id = ${one} for update`.execute(tx)
      return { ending }
    })
    expect(await ending).toBe('done')
  })
})

describe('a training session', () => {
  test('plays under TRAINING, with its reference in the log, only if attendees are on its list', async () => {
    const recording = await makeRecording()
    const { session, reference } = await startLedSession(recording, [])
    expect(await play(recording, reference)).toBe('not-in-session')
    expect(unlessRefused(await findTrainees(desk, tiina, 'virta'))).toMatchObject([
      { id: aino.id, unitName: 'Palvelu' },
    ])
    expect(unlessRefused(await findTrainees(desk, tiina, 'v'))).toEqual([])
    // Nobody can browse the directory here: only the session's trainer can search it, and each search is logged.
    expect(unlessRefused(await findTrainees(desk, elsewhere, 'virta'))).toEqual([])
    expect(await readLog('training.trainees-looked-for')).toMatchObject([{ result: 'ok' }])
    expect(await enterTrainee(desk, tiina, session, aino.id)).toBe('done')
    expect(await play(recording, reference)).toMatchObject({ id: expect.any(String) as string })
    expect((await readLog('listening.started'))[0]).toMatchObject({ purpose: 'TRAINING', reference, result: 'ok' })
    expect(unlessRefused(await readTraining(desk, tiina, session))).toMatchObject({
      attendees: [{ id: aino.id, name: 'Aino Virtanen' }],
      played: [recording],
    })
    expect(unlessRefused(await listTrainings(desk, elsewhere))[0]).toMatchObject({ isMine: false, attendees: 1 })
    expect(await readTraining(desk, elsewhere, session)).toEqual({ refused: 'not-found' })
  })

  test('plays its collection’s moments to its trainer while it is open, and ends the playback when it ends', async () => {
    const [recording, other] = [await makeRecording(), await makeRecording()]
    const { session, reference, collection: id } = await startLedSession(recording)
    expect(await play(other, reference)).toBe('not-in-session')
    expect(await play(recording, reference, elsewhere)).toBe('not-found')
    expect(await play(recording, 'K-999999')).toBe('not-in-session')
    // A trainer may play the recording without a session, to prepare.
    expect(await play(recording)).toMatchObject({ id: expect.any(String) as string })
    expect(await endCollection(desk, tiina, id)).toEqual({ refused: 'training.session-open' })
    expect(await beginTraining(desk, tiina, { collectionId: id, name: 'Toinen' })).toEqual({
      refused: 'training.leads-already',
    })
    const received = await play(recording, reference)
    if (typeof received === 'string') throw new Error(received)
    expect(await endTraining(desk, tiina, session)).toBe('done')
    expect(await listeningNow(desk, tiina.token, received.id)).toMatchObject({ over: 'left' })
    expect(await play(recording, reference)).toBe('not-in-session')
    expect(await enterTrainee(desk, tiina, session, bertil.id)).toEqual({ refused: 'training.session-ended' })
  })

  test('keeps everybody who may have listened on its list, and nobody else who was entered by mistake', async () => {
    const recording = await makeRecording()
    const { session, reference } = await startLedSession(recording)
    await play(recording, reference)
    expect(await enterTrainee(desk, tiina, session, bertil.id)).toBe('done')
    expect(await removeTrainee(desk, tiina, session, bertil.id)).toBe('done')
    expect(await removeTrainee(desk, tiina, session, bertil.id)).toEqual({ refused: 'not-found' })
    expect(await removeTrainee(desk, tiina, session, aino.id)).toEqual({ refused: 'training.has-heard' })
    // An attendee who is added during playback has listened to the rest of it.
    expect(await enterTrainee(desk, tiina, session, bertil.id)).toBe('done')
    await sql`insert into listening_range (listening_id, from_ms, to_ms)
      select id, 100, 300 from listening where reference = ${reference}`.execute(admin)
    expect(await removeTrainee(desk, tiina, session, bertil.id)).toEqual({ refused: 'training.has-heard' })
    expect(await enterTrainee(desk, tiina, session, crypto.randomUUID())).toEqual({ refused: 'training.not-employed' })
  })

  test('records every listening in it: none starts with another spelling of its reference, or while an attendee is removed', async () => {
    const recording = await makeRecording()
    const { session, reference } = await startLedSession(recording)
    const listening = (given: string) => sql`
      insert into listening (id, recording_id, person_id, right_id, session_hash, role, purpose, reference, started_at, until)
      select gen_random_uuid(), ${recording}, s.led_by, r.id, '\\x00', 'EXPERT', 'TRAINING', ${given}, now(), now() + interval '1 minute'
      from training_session s join access_right r on r.person_id = s.led_by where s.id = ${session}`
    const inSession = (given: string, meanwhile?: () => Promise<void>) =>
      admin.transaction().execute(async (tx) => {
        await sql`select set_config('seloste.session', ${tiina.token}, true)`.execute(tx)
        await listening(given).execute(tx)
        await meanwhile?.()
      })
    for (const given of [` ${reference}`, `${reference} `, ' ', ''])
      await expect(inSession(given)).rejects.toThrow('training.not-in-session')
    let removing: ReturnType<typeof removeTrainee> | undefined
    await inSession(reference, async () => {
      removing = removeTrainee(desk, tiina, session, aino.id)
      await new Promise((resolve) => setTimeout(resolve, 200))
    })
    expect(await removing).toEqual({ refused: 'training.has-heard' })
  })

  test('is shown to each attendee on its list, as long as it is kept, without the other attendees', async () => {
    const { reference: others } = await startLedSession(await makeRecording(), [bertil])
    const { session, reference } = await startLedSession(await makeRecording(), [aino, bertil])
    const official = await aino.signIn()
    const references = unlessRefused(await listOwnTrainings(desk, official)).map((one) => one.reference)
    expect(references.filter((one) => one === reference || one === others)).toEqual([reference])
    expect(unlessRefused(await listOwnTrainings(desk, official))[0]).toEqual({
      ...{ reference, name: 'Perehdytys', collectionName: 'Aloitukset', aim: '' },
      ...{ begunAt: expect.any(String) as string, enteredAt: expect.any(String) as string },
    })
    await endTraining(desk, tiina, session)
    const [own] = unlessRefused(await listOwnTrainings(desk, official))
    const ended = Temporal.Instant.from(own!.endedAt!).toZonedDateTimeISO('Europe/Helsinki')
    expect(Temporal.Instant.from(own!.keptUntil!)).toEqual(ended.add({ months: 14 }).toInstant())
    expect(JSON.stringify(own)).not.toContain('Bertil')
    expect((await readLog('training.own-read'))[0]).toMatchObject({ result: 'ok' })
    expect(await listOwnTrainings(desk, tiina)).toEqual({ refused: 'deny.role' })
  })

  test('is deleted with its list fourteen months after its end', async () => {
    const { session } = await startLedSession(await makeRecording())
    await endTraining(desk, tiina, session)
    await endExpiredTraining(custodian)
    expect(await readTraining(desk, tiina, session)).toMatchObject({ id: session })
    await sql`update training_session set ended_at = ended_at - interval '14 months 2 days' where id = ${session}`.execute(
      admin,
    )
    await endExpiredTraining(custodian)
    expect(await readTraining(desk, tiina, session)).toEqual({ refused: 'not-found' })
  })
})

test('can be used by trainers only, and its tables cannot be read directly', async () => {
  expect(await listCollections(desk, eero)).toEqual({ refused: 'deny.role' })
  expect(await beginCollection(desk, eero, { name: 'x', aim: '' })).toEqual({ refused: 'deny.role' })
  expect(await findTrainees(desk, eero, 'aino')).toEqual({ refused: 'deny.role' })
  for (const table of ['training_collection', 'training_moment', 'training_session', 'training_attendee']) {
    for (const db of [desk, custodian, database.as('seloste_capture').db]) {
      await expect(sql.raw(`select * from ${table}`).execute(db)).rejects.toThrow('permission denied')
    }
  }
})
