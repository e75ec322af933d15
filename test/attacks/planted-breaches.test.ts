// Breaches that the database's owner plants directly are found by the evidence and reported at the right promise (R1,
// R7-R12, R21). The whole catalogue of planted breaches runs in the long run: planted-catalogue.test.ts.
import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { countAdmissions } from '#register/history/count-admissions.ts'
import { reportAdmissions } from '#register/capture-nodes.ts'
import { appenders } from '#safeguards/audit/appenders.ts'
import type { RegisterTables } from '#register/tables.ts'
import { signDetail } from '#safeguards/audit/signed-entries.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import { makeTestPromises } from '#test/register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const promises = await makeTestPromises(database)
const { check, tamper } = promises
const { pool } = database.as()
const capture = database.as('seloste_capture').db
const custodian = database.as('seloste_custodian').db

const supervisor = await enterTestPerson(database.as().db, database.as('seloste_desk').db, {
  name: 'Sari',
  unit: 'Yritysverotus',
  ownHash: true,
  right: { role: 'SUPERVISOR', purposes: ['DEVELOPMENT'], scope: 'their unit' },
})

const undoSteps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const undo of undoSteps.splice(0).reverse()) await undo()
  expect((await check()).broken).toEqual([])
})

const findBroken = async () => (await check({ afresh: false })).broken
const brokenPromises = async () => (await findBroken()).map(({ promise }) => promise)

/** Changes columns of a row, and restores them after the test. */
async function change(table: string, location: string, set: string): Promise<void> {
  const { rows } = await pool.query<{ row: string }>(
    `select to_jsonb(t)::text as row from ${table} t where ${location}`,
  )
  const row = rows[0]!.row.replaceAll("'", "''")
  await tamper(`update ${table} set ${set} where ${location}`)
  undoSteps.push(() =>
    tamper(
      `delete from ${table} where ${location}`,
      `insert into ${table} overriding system value select (jsonb_populate_record(null::${table}, '${row}')).*`,
    ),
  )
}

/** Deletes unrecorded contacts with their segments, as the owner can; restores them after the test. */
async function deleteContacts(count: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string; contact: string; segments: string; identities: string }>(`
    select c.id, to_jsonb(c)::text as contact, (select jsonb_agg(s)::text from segment s where s.contact_id = c.id) as segments,
      (select jsonb_agg(i)::text from call_identity i where i.contact_id = c.id) as identities
    from contact c where not exists (select from recording r where r.contact_id = c.id) order by c.id limit ${count}`)
  const quoted = (json: string) => `'${json.replaceAll("'", "''")}'`
  undoSteps.push(() =>
    tamper(
      ...rows.flatMap(({ contact, segments, identities }) => [
        `insert into contact select * from jsonb_populate_record(null::contact, ${quoted(contact)})`,
        `insert into segment select * from jsonb_populate_recordset(null::segment, ${quoted(segments)})`,
        `insert into call_identity select * from jsonb_populate_recordset(null::call_identity, ${quoted(identities)})`,
      ]),
    ),
  )
  const ids = rows.map(({ id }) => `'${id}'`).join(', ')
  await tamper(
    `delete from segment where contact_id in (${ids})`,
    `delete from call_identity where contact_id in (${ids})`,
    `delete from contact where id in (${ids})`,
  )
  return rows.map(({ id }) => id)
}

test('three contacts deleted with their segments are found missing, and their hour is reported', async () => {
  await countAdmissions(custodian)
  expect((await check()).broken).toEqual([])
  const ids = await deleteContacts(3)
  const [found, ...others] = await findBroken()
  expect(others).toEqual([])
  expect(found).toMatchObject({ promise: 'history.admitted', facts: { missing: 6, altered: 0 } })
  expect(found?.facts?.['hours']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:00:00Z/)
  expect(ids.length).toBe(3)
})

test('entries reported by a capture node are found missing even if the register was emptied before they were counted', async () => {
  const segmentId = randomUUID()
  const at = new Date().toISOString()
  await reportAdmissions(capture, randomUUID(), [{ at, kind: 'segment', id: segmentId, started_at: at }])
  await countAdmissions(custodian)
  undoSteps.push(() =>
    tamper(
      `delete from admission_part where '${segmentId}' = any (ids)`,
      `delete from audit_entry where action = 'admissions.counted' and detail ->> 'source' <> 'register'`,
    ),
  )
  expect(await findBroken()).toMatchObject([{ promise: 'history.admitted', facts: { missing: 1, example: segmentId } }])
})

test('entries reported by a capture node are found missing even if the owner of the database writes that a backup was restored afterwards', async () => {
  const segmentId = randomUUID()
  const at = new Date().toISOString()
  await reportAdmissions(capture, randomUUID(), [{ at, kind: 'segment', id: segmentId, started_at: at }])
  await countAdmissions(custodian)
  undoSteps.push(() =>
    tamper(
      `delete from admission_part where '${segmentId}' = any (ids)`,
      `delete from audit_entry where action in ('backup.restored', 'clock.stepped')
         or action = 'admissions.counted' and detail ->> 'source' <> 'register'`,
    ),
  )
  const restored = { backup: 'x', snapshotAt: new Date(Date.now() - 86_400_000).toISOString(), restoredAt: at }
  const write = (detail: object) =>
    pool.query(
      `insert into audit_entry (action, object_kind, result, detail) values ('backup.restored', 'backup', 'ok', $1)`,
      [JSON.stringify(detail)],
    )
  await write(restored)
  await write({ ...restored, signature: Buffer.alloc(64).toString('base64') })
  expect(await findBroken()).toMatchObject([{ promise: 'history.admitted', facts: { missing: 1, lostByRestore: 0 } }])
  // Writes the entry as a restore does, signed with the log's key.
  await write(signDetail(promises.key, 'backup.restored', restored))
  expect(await findBroken()).toEqual([])
  // Dates the restore as under a clock that was ahead and has been corrected: entries reported after the backup were
  // not lost by that restore.
  await tamper(`delete from audit_entry where action = 'backup.restored'`)
  const [backup, ahead] = [-2, 2].map((hours) => Temporal.Now.instant().add({ hours }).toString()) as [string, string]
  const earlier = { backup: 'x', snapshotAt: backup, restoredAt: ahead }
  await pool.query(
    `insert into audit_entry (at, action, object_kind, result, detail) values ($1, 'backup.restored', 'backup', 'ok', $2)`,
    [ahead, JSON.stringify(signDetail(promises.key, 'backup.restored', earlier))],
  )
  await pool.query(
    `insert into audit_entry (at, action, result) values (now() - interval '90 minutes', 'clock.stepped', 'ok')`,
  )
  expect(await findBroken()).toMatchObject([{ promise: 'history.admitted', facts: { missing: 1, lostByRestore: 0 } }])
})

test('a changed or removed count of admissions is found, because its root is in the audit log', async () => {
  await countAdmissions(custodian)
  const { rows } = await pool.query<{ row: string }>('select to_jsonb(p)::text as row from admission_part p')
  const parts = rows.map(({ row }) => row.replaceAll("'", "''"))
  undoSteps.push(() =>
    tamper(
      'delete from admission_part',
      ...parts.map(
        (row) => `insert into admission_part select * from jsonb_populate_record(null::admission_part, '${row}')`,
      ),
    ),
  )
  await tamper(
    `update admission_part set kinds = kinds[2:], ids = ids[2:], starts = starts[2:], belongs_to = belongs_to[2:], contents = contents[2:] where cardinality(ids) > 1`,
  )
  expect(await findBroken()).toMatchObject([{ promise: 'history.admitted', facts: { missing: 0 } }])
  await tamper('delete from admission_part')
  expect(await brokenPromises()).toEqual(['history.admitted'])
})

test('a table contact_note with rows is reported', async () => {
  await pool.query('create table contact_note (contact_id uuid, caller_name text, topic text)')
  undoSteps.push(() => pool.query('drop table contact_note'))
  await pool.query(`insert into contact_note select id, 'Maija', 'debt' from contact limit 3`)
  expect(await findBroken()).toMatchObject([
    { promise: 'history.fields', facts: { unknown: 1, example: 'table contact_note' } },
  ])
})

/** Plants a listening and, if requested, its log entry. */
async function plantListening(recording: string, reported: boolean): Promise<string> {
  const id = randomUUID()
  const right = `(select id from access_right where person_id = '${supervisor.id}')`
  await pool.query(
    `insert into listening (id, recording_id, person_id, right_id, session_hash, role, purpose, started_at, until)
     values ($1, $2, $3, ${right}, '', 'SUPERVISOR', 'DEVELOPMENT', now(), now() + interval '1 minute')`,
    [id, recording, supervisor.id],
  )
  undoSteps.push(() => pool.query('delete from listening where id = $1', [id]))
  if (reported) {
    await pool.query(
      `insert into audit_entry (person_id, right_id, role, action, purpose, object_kind, object_id, result, detail)
       values ($1, ${right}, 'SUPERVISOR', 'listening.started', 'DEVELOPMENT', 'recording', $2, 'ok', jsonb_build_object('listening', $3::text))`,
      [supervisor.id, recording, id],
    )
    undoSteps.push(() => tamper(`delete from audit_entry where detail ->> 'listening' = '${id}'`))
  }
  return id
}

test('finds a listening planted for a supervisor on another unit’s recording', async () => {
  const listening = await plantListening(promises.recordings.ainos.id, true)
  expect(await findBroken()).toMatchObject([
    { promise: 'rights.scope', facts: { outside: 2, untold: 0, example: listening } },
  ])
})

test('finds a listening that is missing from the log, also within the unit', async () => {
  await change('segment', `id = '${promises.recordings.ainos.segmentId}'`, `official_unit_id = '${supervisor.unitId}'`)
  const listening = await plantListening(promises.recordings.ainos.id, false)
  // In the directory Aino belonged to another unit then.
  expect(await findBroken()).toMatchObject([
    { promise: 'history.admitted', facts: { missing: 1 } },
    { promise: 'rights.scope', facts: { outside: 1, untold: 1, example: listening } },
  ])
})

test.each(['contacts.listed', 'contact.read', 'calls.watched'])(
  'finds an entry %s of a supervisor about another unit’s call',
  async (action) => {
    const { contactId, segmentId } = promises.recordings.ainos
    await pool.query(
      `insert into audit_entry (person_id, role, action, purpose, object_kind, object_id, result, detail)
       values ($1, 'SUPERVISOR', $2, 'DEVELOPMENT', 'contact', $3, 'ok', $4)`,
      [
        supervisor.id,
        action,
        action === 'contact.read' ? contactId : null,
        JSON.stringify({ contacts: [contactId], segments: [segmentId] }),
      ],
    )
    undoSteps.push(() => tamper(`delete from audit_entry where person_id = '${supervisor.id}'`))
    expect(await findBroken()).toMatchObject([{ promise: 'rights.scope', facts: { outside: 1 } }])
    // It is found in every round, and is never marked as judged.
    expect(await brokenPromises()).toEqual(['rights.scope'])
  },
)

test.each([
  ['research.item-picked', 'SUPERVISOR', 1],
  ['research.decided', 'DECISION_MAKER', 1],
  ['right.rejected', null, 1],
  ['quality.queue-read', 'SUPERVISOR', 0],
  ['session.ended', null, 0],
])('counts as out of scope an act %s of a supervisor (in the role %s): %i', async (action, role, outside) => {
  await pool.query(
    `insert into audit_entry (person_id, role, action, object_kind, result, detail) values ($1, $2, $3, 'x', 'ok', '{}')`,
    [supervisor.id, role, action],
  )
  undoSteps.push(() => tamper(`delete from audit_entry where person_id = '${supervisor.id}'`))
  expect((await findBroken()).map(({ promise, facts }) => [promise, facts?.['outside']])).toEqual(
    outside === 0 ? [] : [['rights.scope', outside]],
  )
})

test('finds a disclosure item that an official picked from their own recordings, or a supervisor from the unit’s', async () => {
  await change('segment', `id = '${promises.recordings.ainos.segmentId}'`, `official_unit_id = '${supervisor.unitId}'`)
  await tamper(
    `insert into research_disclosure (id, number, institute_id, study, due_on, format, prepared_by)
     values ('00000000-0000-4000-8000-000000000001', 'T-2022-1', gen_random_uuid(), 's', '2030-06-01', 'OPUS', '${supervisor.id}')`,
    `insert into research_item (disclosure_id, item, recording_id, picked_by, picked_at)
     select '00000000-0000-4000-8000-000000000001', 1, r.id, s.official_person_id, now()
     from recording r join segment s on s.id = r.segment_id where r.id = '${promises.recordings.ainos.id}'`,
  )
  undoSteps.push(() => tamper('delete from research_item', 'delete from research_disclosure'))
  expect(await findBroken()).toMatchObject([
    { promise: 'history.admitted', facts: { missing: 1 } },
    { promise: 'rights.scope', facts: { outside: 1, example: 'T-2022-1/1' } },
  ])
})

test('each action assigned to a role exists in the log’s list', async () => {
  const { rows } = await pool.query<{ body: string }>(
    `select prosrc as body from pg_proc where proname = 'roles_of_act'`,
  )
  const named = [...rows[0]!.body.matchAll(/'([a-z-]+\.[a-z-]+)'/g)].map(([, action]) => action)
  expect(named.length).toBeGreaterThan(60)
  expect(named.filter((action) => !(action! in appenders))).toEqual([])
})

test('finds a view out of scope even if the owner of the database writes that all entries were judged', async () => {
  const { contactId } = promises.recordings.ainos
  const judged = { upto: 9e15, looks: 0, outside: [] }
  for (const memo of [
    judged,
    { memo: judged, code: '' },
    { memo: judged, code: Buffer.alloc(32).toString('base64') },
  ]) {
    await pool.query(`update proof set memo = $1 where promise = 'rights.scope'`, [JSON.stringify(memo)])
    await pool.query(
      `insert into audit_entry (person_id, role, action, purpose, object_kind, object_id, result)
       values ($1, 'SUPERVISOR', 'contact.read', 'DEVELOPMENT', 'contact', $2, 'ok')`,
      [supervisor.id, contactId],
    )
    expect(await brokenPromises()).toEqual(['rights.scope'])
    await tamper(`delete from audit_entry where person_id = '${supervisor.id}'`)
  }
})

test('a segment entered by a capture node is found missing even if the owner of the database writes that it was replaced', async () => {
  const segmentId = randomUUID()
  const at = new Date().toISOString()
  await reportAdmissions(capture, randomUUID(), [{ at, kind: 'segment', id: segmentId, started_at: at }])
  await pool.query(
    `insert into segment_replaced (segment_id, contact_id, contact_started_at)
     select $1, contact_id, contact_started_at from segment where id = $2`,
    [segmentId, promises.recordings.ainos.segmentId],
  )
  await pool.query(
    `insert into audit_entry (action, object_kind, object_id, result, detail)
     values ('segment.replaced', 'contact', $1, 'ok', jsonb_build_object('segment', $2::text))`,
    [promises.recordings.ainos.contactId, segmentId],
  )
  await countAdmissions(custodian)
  undoSteps.push(() =>
    tamper(
      `delete from admission_part where '${segmentId}' = any (ids)`,
      `delete from segment_replaced where segment_id = '${segmentId}'`,
      `delete from audit_entry where action = 'segment.replaced'
         or action = 'admissions.counted' and detail ->> 'source' <> 'register'`,
    ),
  )
  expect(await findBroken()).toMatchObject([{ promise: 'history.admitted', facts: { missing: 1, example: segmentId } }])
})
