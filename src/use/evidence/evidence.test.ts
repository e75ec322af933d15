import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { promises, type PromiseId } from '#description/promises.ts'
import { anonymisedCopyKey, bodyKey, subjectCopyKey } from '#register/recordings/objects.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { phone } from '#test/database/people.ts'
import { makeTestPromises } from '#test/register/make-test-promises.ts'
import type { Place } from './promise.ts'
import { readProofs } from './read-proofs.ts'
import { reportEnded, reportVersionInUse } from './report-version-in-use.ts'
import { openMemo, sealMemo } from './seal-memo.ts'

const database = await createTestDatabase<RegisterTables>()
const desk = database.as('seloste_desk').db
const { pool } = database.as()
const testPromises = await makeTestPromises(database)
const { tamper, check, aino, colleague, matti, recordings, destroyed, register } = testPromises
const nobody = randomUUID()
const { ainos, colleagues, older } = recordings

/** Functions that undo the breaks. Every promise holds again afterwards. */
const repairs: (() => Promise<unknown>)[] = []
afterEach(repairAll)

/**
 * Checks all promises. Expects that this promise is broken, with these counts, and of the others only those in `alsoBroken`. A
 * change of an earlier test that was not undone fails here.
 */
async function expectBroken(
  promise: PromiseId,
  facts: Record<string, unknown>,
  options: Parameters<typeof check>[0] = {},
  alsoBroken: readonly PromiseId[] = [],
): Promise<void> {
  const { broken, errors } = await check(options)
  expect(errors).toEqual([])
  const names = broken.map((proof) => proof.promise)
  expect([...names].sort()).toEqual([promise, ...alsoBroken].sort())
  expect(broken.find((proof) => proof.promise === promise)?.facts).toMatchObject(facts)
  const proofs = await readProofs(desk, Temporal.Now.instant(), testPromises.key)
  expect(
    proofs
      .filter(({ holds }) => !holds)
      .map((proof) => proof.promise)
      .sort(),
  ).toEqual([...names].sort())
}

/** Inserts a log entry of a view that the program would never write, and removes it afterwards. */
async function plantView(view: { person?: string; role?: string; purpose?: string; object?: string }): Promise<string> {
  const { rows } = await pool.query<{ seq: string }>(
    `insert into audit_entry (action, result, person_id, role, purpose, object_kind, object_id)
     values ('contact.read', 'ok', $1, $2, $3, 'contact', $4) returning seq`,
    [view.person, view.role, view.purpose, view.object],
  )
  const { seq } = rows[0] as { seq: string }
  repairs.push(() => tamper(`delete from audit_entry where seq = ${seq}`))
  return String(seq)
}

async function plantListening(columns: { recording: string; role: string; purpose: string; started?: string }) {
  const id = randomUUID()
  await pool.query(
    `insert into listening (id, recording_id, person_id, right_id, session_hash, role, purpose, started_at, until)
     select $1, $2, person_id, id, '', $3, $4, $5, $5::timestamptz + interval '1 hour' from access_right where person_id = $6`,
    [id, columns.recording, columns.role, columns.purpose, columns.started ?? new Date().toISOString(), aino.id],
  )
  repairs.push(() => pool.query('delete from listening where id = $1', [id]))
  return id
}

/** Changes columns of a row and reverts them afterwards. */
async function change(table: string, condition: string, set: string): Promise<void> {
  const { rows } = await pool.query<{ row: string }>(
    `select to_jsonb(t)::text as row from ${table} t where ${condition}`,
  )
  const row = (rows[0] as { row: string }).row.replaceAll("'", "''")
  await tamper(`update ${table} set ${set} where ${condition}`)
  repairs.push(() =>
    tamper(
      `delete from ${table} where ${condition}`,
      `insert into ${table} overriding system value select (jsonb_populate_record(null::${table}, '${row}')).*`,
    ),
  )
}

async function repairAll(): Promise<void> {
  for (const mend of repairs.splice(0).reverse()) await mend()
}

test('every promise holds if nothing was broken', async () => {
  expect(await check()).toEqual({ broken: [], newlyBroken: [], restored: [], errors: [] })
  const proofs = await readProofs(desk, Temporal.Now.instant(), testPromises.key)
  expect(proofs).toHaveLength(promises.length)
  expect(proofs.filter(({ holds }) => !holds)).toEqual([])
})

test('description.current is broken by a changed published text, and by a process that uses another version', async () => {
  const instance = randomUUID()
  await reportVersionInUse(desk, instance, { version: 1, hash: 'ab'.repeat(32) })
  await expectBroken('description.current', { disobeying: 1, example: 'seloste_desk obeys version 1' })
  await reportEnded(desk, instance)
  expect((await check()).broken).toEqual([])

  await tamper(
    `update description_version set text = replace(text, '0.1', '0.2'),
       hash = sha256(convert_to(replace(text, '0.1', '0.2'), 'UTF8'))`,
  )
  repairs.push(() =>
    tamper(
      `update description_version set text = replace(text, '0.2', '0.1'),
         hash = sha256(convert_to(replace(text, '0.2', '0.1'), 'UTF8'))`,
    ),
  )
  // Passes the version as read before the change: the custodian may not have read the new text yet.
  await expectBroken(
    'description.current',
    { changedTexts: 1 },
    { versions: [testPromises.version], version: testPromises.version },
  )
})

test('description.current is broken by a changed text with a second log entry, and by an instant other than in its text', async () => {
  const change = (from: string, to: string) =>
    tamper(
      `update description_version set text = replace(text, '${from}', '${to}'),
         hash = sha256(convert_to(replace(text, '${from}', '${to}'), 'UTF8'))`,
    )
  await change('REGISTER DESCRIPTION', 'THE PROMISE')
  await pool.query(
    `insert into audit_entry (action, result, detail)
     select 'description.approved', 'ok', jsonb_build_object('version', version, 'hash', encode(hash, 'hex')) from description_version`,
  )
  repairs.push(
    () => tamper(`delete from audit_entry where action = 'description.approved'`),
    () => change('THE PROMISE', 'REGISTER DESCRIPTION'),
  )
  await expectBroken('description.current', { changedTexts: 1 })
  await repairAll()

  await tamper(`update description_version set effective_from = effective_from - interval '1 hour'`)
  repairs.push(() => tamper(`update description_version set effective_from = effective_from + interval '1 hour'`))
  await expectBroken('description.current', { changedTexts: 1 })
})

test('description.current is broken by an unreadable text', async () => {
  const put = (text: string) =>
    tamper(`update description_version set text = ${text}, hash = sha256(convert_to(${text}, 'UTF8'))`)
  await put(`'[' || text`)
  repairs.push(() => put('substr(text, 2)'))
  await expectBroken(
    'description.current',
    { changedTexts: 1 },
    { versions: [testPromises.version], version: testPromises.version },
  )
})

test('description.current is broken by purposes or a scope of a role that differ from the text', async () => {
  await tamper(
    `update described_role set purposes = '{DEVELOPMENT,INSPECTION}' where role = 'OFFICIAL' and purposes <> '{}'`,
  )
  await tamper(`update described_role set scope = 'none' where role = 'EXPERT' and duty = 'TRAINING'`)
  repairs.push(() => tamper(`update described_role set scope = 'numbers' where role = 'EXPERT' and duty = 'TRAINING'`))
  await expectBroken('description.current', { changedTexts: 1 })
})

test('purposes.closed is broken by a view without a purpose, and by one with an undescribed purpose', async () => {
  const without = await plantView({ person: aino.id })
  await expectBroken('purposes.closed', { withoutPurpose: 1, outside: 0, example: Number(without) })
  await repairAll()
  await plantView({ person: aino.id, purpose: 'MARKETING' })
  await expectBroken('purposes.closed', { withoutPurpose: 0, outside: 1 })
})

test('history.complete is broken by a recording without its call, and by a call that ended without a term', async () => {
  await change('contact', `id = '${colleagues.contactId}'`, 'history_ends_at = null')
  await expectBroken('history.complete', { unfinished: 1, example: colleagues.contactId })
  await repairAll()
  await change('contact', `id = '${colleagues.contactId}'`, `id = gen_random_uuid()`)
  repairs.unshift(() =>
    tamper(`delete from contact where not exists (select from segment s where s.contact_id = contact.id)`),
  )
  await expectBroken('history.complete', { strayRecordings: 1, example: colleagues.id })
})

test('history.fields is broken by an unknown column, and by a caller of whom more than the number is stored', async () => {
  await pool.query('alter table contact add column topic text')
  repairs.push(() => pool.query('alter table contact drop column topic'))
  await expectBroken('history.fields', { unknown: 1, example: 'column contact.topic' })
  await repairAll()
  await pool.query('alter table recorded_part add column caller_key text')
  repairs.push(() => pool.query('alter table recorded_part drop column caller_key'))
  await expectBroken('history.fields', { unknown: 1, example: 'column recorded_part.caller_key' })
  await repairAll()
  await change('contact', `id = '${ainos.contactId}'`, `caller_raw = 'Aino from next door'`)
  await expectBroken('history.fields', { unknown: 0, beyondNumber: 1 })
})

test('recording.partial is broken by a number recorded in full, unless its rule allows that for a limited time', async () => {
  const at = (key: string) => {
    const number = phone(key)
    return { numberCalled: { key: number, kind: 'NATIONAL_SERVICE' as const }, numberReached: { key: number } }
  }
  for (let call = 0; call < 20; call++) await testPromises.enter(testPromises.decide(true, at('029 497 099')))
  expect((await check()).broken).toEqual([])
  for (let call = 0; call < 20; call++) await testPromises.enter(testPromises.decide(true, at('029 497 010')))
  await expectBroken('recording.partial', { tooMany: 1, inFull: 1, example: phone('029 497 010') })
  for (let call = 0; call < 2; call++) await testPromises.enter(testPromises.decide(false, at('029 497 010')))
})

test('recording.never-switchboard is broken by a recording of a number that was a switchboard at the time', async () => {
  await change('recording', `id = '${ainos.id}'`, `number_reached = '${phone('029 512 000')}'`)
  await expectBroken('recording.never-switchboard', { recorded: 1, example: ainos.id })
})

test('recording.as-drawn is broken by a recording that was not drawn, and by a drawn call without one', async () => {
  const spared = await testPromises.enter(testPromises.decide(false), { recorded: true })
  await expectBroken('recording.as-drawn', { extra: 1, omitted: 0, example: `extra: ${spared.segmentId}` })
  await tamper(`delete from recording where segment_id = '${spared.segmentId}'`)

  // The call must have its recording decision altered too, or the missing recording breaks another promise as well.
  const chosen = testPromises.decide(true)
  await testPromises.enter({
    ...chosen,
    decision: { ...testPromises.decide(false).decision, drawnOn: chosen.decision.drawnOn },
  })
  await expectBroken('recording.as-drawn', { extra: 0, omitted: 1, example: `omitted: ${chosen.segmentId}` })
  await tamper(
    `delete from segment where id = '${chosen.segmentId}'`,
    `delete from contact where id = '${chosen.contactId}'`,
  )
})

test('recording.as-drawn is broken by a recording not ingested within an hour of its call’s end, and not before', async () => {
  const waits = (minutes: number, fault = `'data'`) =>
    change(
      'recording',
      `id = '${ainos.id}'`,
      `kept_at = null, keeping_fault = ${fault}, call_ended_at = now() - interval '${minutes} minutes'`,
    )
  await waits(50)
  expect((await check()).broken).toEqual([])
  await repairAll()
  // Recordings that nobody has tried to ingest yet may wait longer.
  await waits(70, 'null')
  expect((await check()).broken).toEqual([])
  await repairAll()
  // Recordings missing from a backup are reported by the restore.
  await waits(70, `'not-in-backup'`)
  expect((await check()).broken).toEqual([])
  await repairAll()
  await waits(70)
  await expectBroken('recording.as-drawn', { extra: 0, omitted: 0, unkept: 1, example: `unkept: ${ainos.segmentId}` })
})

test.each(['STORED', 'CAPTURING'])(
  'recording.as-drawn is broken by a recording that is %s if nobody has tried to ingest it within a day',
  async (state) => {
    const waits = (hours: number) =>
      change(
        'recording',
        `id = '${ainos.id}'`,
        `state = '${state}', kept_at = null, keeping_fault = null, call_ended_at = now() - interval '${hours} hours'`,
      )
    await waits(23)
    expect((await check()).broken).toEqual([])
    await repairAll()
    await waits(25)
    await expectBroken('recording.as-drawn', { extra: 0, omitted: 0, unkept: 1, example: `unkept: ${ainos.segmentId}` })
  },
)

test('recording.as-drawn recomputes only recent decisions within the hour if recomputing all takes too long', async () => {
  await check()
  const slow = async () => {
    const context = await testPromises.makeContext()
    const { rows } = await pool.query<{ memo: object }>(`select memo from proof where promise = 'recording.as-drawn'`)
    const memo = openMemo(context, 'recording.as-drawn', rows[0]?.memo) as object
    await pool.query(`update proof set memo = $1 where promise = 'recording.as-drawn'`, [
      sealMemo(context, 'recording.as-drawn', { ...memo, tookMs: 60_000 }),
    ])
  }
  const at = (minutes: number) => ({ afresh: false, now: Temporal.Now.instant().add({ minutes }) })
  const wrongSince = async (hours: number, options: Parameters<typeof check>[0]) => {
    const facts = await testPromises.enter(
      testPromises.decide(false, { answeredAt: Temporal.Now.instant().subtract({ hours }) }),
      {
        recorded: true,
      },
    )
    const { broken } = await check(options)
    repairs.push(() =>
      tamper(
        `delete from recording where segment_id = '${facts.segmentId}'`,
        `delete from segment where id = '${facts.segmentId}'`,
        `delete from contact where id = '${facts.contactId}'`,
      ),
    )
    return broken.map(({ promise }) => promise)
  }
  await slow()
  expect(await wrongSince(4, at(0))).toEqual([])
  expect((await check(at(54))).broken.map(({ promise }) => promise)).toEqual([])
  expect((await check(at(56))).broken.map(({ promise }) => promise)).toEqual(['recording.as-drawn'])
  await repairAll()
  // While something is broken, all decisions are recomputed each time.
  expect((await check(at(57))).broken).toEqual([])
  await slow()
  expect(await wrongSince(1, at(0))).toEqual(['recording.as-drawn'])
})

test('recording.as-drawn is broken by an answered call without a decision, and accepts a reported fault', async () => {
  const failed = testPromises.decide(true, { captureFailure: 'disk-full' })
  await testPromises.enter({ ...failed, decision: { ...failed.decision, record: false } })
  await tamper(`update segment set decision_record = true where id = '${failed.segmentId}'`)
  expect((await check()).broken).toEqual([])
  const undecided = testPromises.decide(false)
  await testPromises.enter({ ...undecided, decision: { record: false, reason: 'not-drawn' } })
  await expectBroken('recording.as-drawn', { otherwise: 1, failed: 1, example: `unverifiable: ${undecided.segmentId}` })
  await tamper(
    `delete from segment where id in ('${undecided.segmentId}', '${failed.segmentId}')`,
    `delete from contact where id in ('${undecided.contactId}', '${failed.contactId}')`,
  )
})

test('recording.within-signals is broken by a recording that began before its call was answered', async () => {
  await change('recording', `id = '${ainos.id}'`, `started_at = started_at - interval '10 seconds'`)
  await expectBroken('recording.within-signals', { outside: 1, example: ainos.id })
})

test('storage.sites is broken by a location on no listed site, and by an expired attestation', async () => {
  const places: Place[] = [{ name: 'objects', at: { kind: 'folder', folder: register.folder }, site: 'cloud' }]
  await expectBroken('storage.sites', { unlisted: 1, unattested: 0, example: 'objects' }, { places })
  const nextReview = testPromises.version.description.storage.sites[0]?.nextReview as Temporal.PlainDate
  const now = nextReview.add({ days: 1 }).toZonedDateTime('Europe/Helsinki').toInstant()
  const { broken } = await check({ now })
  expect(broken.find(({ promise }) => promise === 'storage.sites')?.facts).toMatchObject({ unlisted: 0, unattested: 1 })
})

test('access.personal is broken by a password copied to another account, and by a session of a leaver', async () => {
  await change(
    'person',
    `id = '${colleague.id}'`,
    `password_check = (select password_check from person where id = '${aino.id}')`,
  )
  await expectBroken('access.personal', { shared: 2, strangeSessions: 0 })
  await repairAll()
  await change('person', `id = '${aino.id}'`, `employed_to = now() - interval '1 day'`)
  await expectBroken('access.personal', { shared: 0, strangeSessions: 1, example: aino.id })
})

test('history.term is broken by a call kept past its term', async () => {
  await change('contact', `id = '${colleagues.contactId}'`, `history_ends_at = now() - interval '3 hours'`)
  await expectBroken('history.term', { overdue: 1, example: colleagues.contactId })
})

test('a sweep that does not run breaks the promises of both terms: history.term and recordings.ceiling', async () => {
  await pool.query(`update work_done set at = at - interval '3 hours'`)
  repairs.push(() => pool.query('update work_done set at = now()'))
  expect((await check()).broken.map(({ promise }) => promise)).toEqual(['history.term', 'recordings.ceiling'])
})

test('recordings.floor is broken by a recording that retention destroyed before its minimum term', async () => {
  await change('recording', `id = '${destroyed.byTerm.id}'`, `destroyed_at = min_keep_until - interval '1 day'`)
  await expectBroken('recordings.floor', { early: 1, example: destroyed.byTerm.id })
})

test('recordings.ceiling is broken by a recording past its maximum term, and by remains of a destroyed recording', async () => {
  await change('recording', `id = '${older.id}'`, `destroy_at = now() - interval '3 hours'`)
  // It was ingested just now, so the next sweep destroys it.
  expect((await check()).broken).toEqual([])
  await repairAll()
  const hours = `now() - interval '3 hours'`
  await change('recording', `id = '${older.id}'`, `destroy_at = ${hours}, kept_at = ${hours}`)
  await expectBroken('recordings.ceiling', { overdue: 1, example: older.id })
  await repairAll()
  const key = bodyKey(destroyed.byTerm.id)
  await register.objects.put(key, Buffer.from('sound'))
  repairs.push(() => register.objects.delete(key))
  await expectBroken('recordings.ceiling', { overdue: 0, leftovers: 1, example: key })
})

test.each([
  ['an anonymised copy', anonymisedCopyKey],
  ['a requester’s copy', subjectCopyKey],
])('recordings.ceiling is broken by a remaining object of %s of a destroyed recording', async (_, keyOf) => {
  const key = keyOf(destroyed.byCaller.id, '00000000-0000-4000-8000-000000000001')
  await register.objects.put(key, Buffer.from('sound'))
  repairs.push(() => register.objects.delete(key))
  await expectBroken('recordings.ceiling', { overdue: 0, leftovers: 1, example: key })
})

test('recordings.ceiling is broken by a month-key version that still exists but is recorded as destroyed', async () => {
  const { rows } = await database
    .as()
    .pool.query<{ receipt: { key: string } }>(`select receipt from month_key where state = 'destroyed' limit 1`)
  const { key } = rows[0]!.receipt
  await register.keys.make(key)
  repairs.push(() => register.keys.destroy(key))
  await expectBroken('recordings.ceiling', { leftovers: 1, example: key })
})

test('recordings.ceiling is broken by the key of a past month, unless it was just made for a call ingested late', async () => {
  const key = 'month-2020-01.v1'
  await register.keys.make(key)
  repairs.push(() => register.keys.destroy(key))
  await expectBroken('recordings.ceiling', { leftovers: 1, example: key })
  const { pool } = database.as()
  await pool.query(`insert into month_key (expiry_month, version, state) values ('2020-01-01', 1, 'current')`)
  expect((await check()).broken).toEqual([])
  await pool.query(`update month_key set made_at = now() - interval '3 hours' where expiry_month = '2020-01-01'`)
  await expectBroken('recordings.ceiling', { leftovers: 1, example: key })
})

test('recordings.ceiling checks newly destroyed recordings before the next listing of the store', async () => {
  const key = bodyKey(destroyed.byCaller.id)
  await check({ now: Temporal.Now.instant().subtract({ minutes: 10 }) })
  await register.objects.put(key, Buffer.from('sound'))
  repairs.push(() => register.objects.delete(key))
  await expectBroken('recordings.ceiling', { leftovers: 1, example: key }, { afresh: false })
})

test('recordings.stay is broken by audio served outside its listening session', async () => {
  const { rows } = await pool.query<{ listening_id: string }>(
    `insert into listening_range (listening_id, at, from_ms, to_ms)
     select id, until + interval '1 minute', 0, 1000 from listening limit 1 returning listening_id`,
  )
  repairs.push(() => pool.query(`delete from listening_range where at > now()`))
  await expectBroken('recordings.stay', { outside: 1, example: rows[0]?.listening_id })
})

test('rights.granted is broken by a right wider than described, and by a listening session without a right', async () => {
  await change('access_right', `person_id = '${aino.id}'`, `purposes = '{DEVELOPMENT,MAINTENANCE}'`)
  await expectBroken('rights.granted', { beyond: 1, withoutRight: 0 })
  await repairAll()
  const listening = await plantListening({ recording: ainos.id, role: 'OFFICIAL', purpose: 'CRIME_OR_MISUSE' })
  await expectBroken('rights.granted', { beyond: 0, withoutRight: 1, example: listening }, {}, ['rights.scope'])
})

test('rights.own is broken by an official who viewed or listened to another’s call', async () => {
  const seq = await plantView({
    person: aino.id,
    role: 'OFFICIAL',
    purpose: 'DEVELOPMENT',
    object: colleagues.contactId,
  })
  await expectBroken('rights.own', { ofOthers: 1, example: seq }, {}, ['rights.scope'])
  await expectBroken('rights.own', { ofOthers: 1, example: seq }, { afresh: false }, ['rights.scope'])
  await repairAll()
  const listening = await plantListening({ recording: colleagues.id, role: 'OFFICIAL', purpose: 'DEVELOPMENT' })
  await expectBroken('rights.own', { ofOthers: 1, example: listening }, {}, ['rights.scope'])
})

test('rights.maintenance-security is broken by a maintenance view that names no fault', async () => {
  const seq = await plantView({ person: matti.id, role: 'MAINTENANCE', purpose: 'MAINTENANCE' })
  await expectBroken('rights.maintenance-security', { withoutReference: 1, example: seq })
})

test('history.tells-recorded is broken by a destruction missing from the ledger', async () => {
  await change('destruction_entry', `object_id in ('${destroyed.byCaller.id}', '${nobody}')`, `object_id = '${nobody}'`)
  const { broken } = await check()
  expect(broken.map(({ promise }) => promise)).toEqual(['recordings.ceiling', 'history.tells-recorded'])
  expect(broken.map(({ facts }) => facts)).toMatchObject([
    { withoutEntry: 1, leftovers: 0, example: destroyed.byCaller.id },
    { withoutLedger: 1, example: destroyed.byCaller.id },
  ])
})

test('every promise holds again once every break is undone', async () => {
  expect(await check()).toMatchObject({ broken: [], newlyBroken: [], errors: [] })
})

test('transcripts.as-described is broken by a transcript that the description does not allow, or that the log lacks', async () => {
  const { rows } = await pool.query<{ id: string }>(
    `insert into anonymised_copy (recording_id, duration_ms, prepared_by, recognised_at) values ($1, 1000, $2, now()) returning id`,
    [ainos.id, aino.id],
  )
  const { id } = rows[0]!
  repairs.push(() => tamper(`delete from anonymised_copy where id = '${id}'`))
  await expectBroken('transcripts.as-described', { made: 1, outside: 1, unlogged: 1, example: id })

  const allowing = { ...testPromises.version }
  allowing.description = {
    ...allowing.description,
    switches: { ...allowing.description.switches, transcripts: 'research' },
  }
  const allowed = { versions: [allowing], version: allowing }
  await expectBroken('transcripts.as-described', { outside: 0, unlogged: 1, example: id }, allowed)
  await pool.query(
    `insert into audit_entry (action, result, person_id, role, purpose, object_kind, object_id)
     values ('anonymised-copy.recognised', 'ok', $1, 'EXPERT', 'SERVICE_LEVEL_STUDY', 'anonymised-copy', $2)`,
    [colleague.id, id],
  )
  repairs.push(() => tamper(`delete from audit_entry where object_id = '${id}'`))
  const { broken } = await check(allowed)
  expect(broken.map(({ promise }) => promise)).not.toContain('transcripts.as-described')
  // The register without the beginning that the log has: the same breach, found by the log.
  await tamper(`update anonymised_copy set recognised_at = null where id = '${id}'`)
  await expectBroken('transcripts.as-described', { made: 1, outside: 1, unlogged: 0 }, {}, ['rights.scope'])
})
