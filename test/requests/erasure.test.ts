// Personal data of a request are deleted from every table thirty days after its closing, and no backup brings them back
// (R45, R52).
import { sql, type Kysely } from 'kysely'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { measureCustodian } from '#app/custodian/custodian-metrics.ts'
import { jobs, startJobs } from '#app/custodian/jobs.ts'
import { followVersions } from '#app/roles/follow-versions.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { makeLog } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { enterRequest } from '#use/requests/enter-request.ts'
import { eraseEndedRequests } from '#use/requests/erase-requests.ts'
import { backUpTo, emptyMachine, openBackedUpRegister, openTestPlaces, restoreFrom } from '../backup/open-backup.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { enterTestPerson } from '../database/people.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await openBackedUpRegister(database)
await register.makeRecordings(1)
await register.seal()
const admin = database.as().db
const custodian = database.as('seloste_custodian')
const paula = await enterTestPerson(admin, database.as('seloste_desk').db, {
  name: 'Paula',
  right: { role: 'SERVICE_UNIT', purposes: ['INSPECTION'], scope: { kind: 'all', units: [], numbers: [] } },
})
const session = await paula.signIn()

let count = 0
/** Makes a request with personal data of every kind, in words that are used nowhere else. */
async function enterFullRequest() {
  const word = `kuusikko${++count}x`
  const made = await enterRequest(database.as('seloste_desk').db, session, {
    party: 'OFFICIAL',
    kinds: ['LISTEN'],
    channel: 'VISIT',
    language: 'fi',
    receivedAt: Temporal.Now.instant().subtract({ hours: 1 }),
    requester: { name: `Maija ${word}`, address: `${word}katu 1`, email: `${word}@example.fi`, phone: `${word} 040` },
    officialUserId: paula.userId,
  })
  if ('refused' in made) throw new Error(made.refused)
  await sql`
    with call as (
      insert into request_call (request_id, ordinal, state, told, contact_id, contact_started_at, looked_by, verified_how)
      values (${made.id}, 1, 'MATCHED', ${JSON.stringify({ official: word })}::jsonb, gen_random_uuid(), now(), ${paula.id}, 'DETAILS')
      returning contact_id, contact_started_at
    ), listening as (
      insert into inspection (reference, party, contact_id, contact_started_at, received_at, opened_by, request_id)
      select ${made.number}, 'OFFICIAL', contact_id, contact_started_at, now(), ${paula.id}, ${made.id} from call
    ), place as (
      insert into office (names, address, entered_by) values ('{}', '{}', ${paula.id}) returning id
    ), slot as (
      insert into office_slot (office_id, starts_at, ends_at, host_id, added_by)
      select id, now() + interval '1 hour', now() + interval '2 hours', ${paula.id}, ${paula.id} from place returning id
    ), booked as (
      insert into appointment (request_id, slot_id, needs, interpreter_language, booked_by)
      select ${made.id}, id, array['INTERPRETER', 'HEARING_LOOP'], ${word}, ${paula.id} from slot
    )
    insert into letter (request_id, kind, language, template_version, content, delivered_at, delivered_how, delivered_by)
    values (${made.id}, 'answer', 'fi', 0, ${JSON.stringify({ recipient: word })}::jsonb, now(), 'POST', ${paula.id}),
      (${made.id}, 'received', 'fi', 0, ${JSON.stringify({ recipient: word })}::jsonb, null, null, null)`.execute(admin)
  return { ...made, word }
}

/** Puts a request into the state in which `close_request` leaves it, this many days ago. */
async function closeDaysAgo(id: string, days: number, db: Kysely<RegisterTables> = admin) {
  await sql`update appointment set state = 'HEARD', ended_at = now() where request_id = ${id}`.execute(db)
  await sql`update inspection set closed_at = now(), outcome = 'heard' where request_id = ${id}`.execute(db)
  await sql`update subject_request set outcome = 'ANSWERED', closed_at = now() - make_interval(days => ${days}) where id = ${id}`.execute(
    db,
  )
}

/** Returns the tables that contain a word. */
async function tablesWith(word: string, pool = database.as().pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
  )
  const found: string[] = []
  for (const { name } of rows) {
    const { rows: seen } = await pool.query(`select from public."${name}" t where t::text ilike $1 limit 1`, [
      `%${word}%`,
    ])
    if (seen.length > 0) found.push(name)
  }
  return found.sort()
}

const personal = ['appointment', 'letter', 'request_call', 'subject_requester']

test('thirty days after a request was closed, and no earlier, no table contains anything of the requester', async () => {
  const [over, notYet, open] = [await enterFullRequest(), await enterFullRequest(), await enterFullRequest()]
  expect(await tablesWith(over.word)).toEqual(personal)
  await closeDaysAgo(over.id, 30)
  await closeDaysAgo(notYet.id, 29)
  expect(await eraseEndedRequests(custodian.db)).toBe(1)
  expect(await eraseEndedRequests(custodian.db)).toBe(0)
  expect(await tablesWith(over.word)).toEqual([])
  for (const { word } of [notYet, open]) expect(await tablesWith(word)).toEqual(personal)
  const left = await admin.selectFrom('subject_request').selectAll().where('id', '=', over.id).executeTakeFirst()
  expect(left).toMatchObject({ number: over.number, outcome: 'ANSWERED', official_id: null })
  const calls = await admin.selectFrom('request_call').selectAll().where('request_id', '=', over.id).execute()
  expect(calls).toMatchObject([{ state: 'MATCHED', contact_id: null, contact_started_at: null, told: null }])
  const { rows: letters } = await database.as().pool.query('select kind from letter where request_id = $1', [over.id])
  expect(letters).toEqual([{ kind: 'answer' }])
  const { rows: traces } = await database
    .as()
    .pool.query("select object_id from audit_entry where action = 'request.erased'")
  expect(traces).toEqual([{ object_id: over.id }])
})

test('a clock that has jumped ahead erases nothing', async () => {
  const { id, word } = await enterFullRequest()
  await closeDaysAgo(id, 31)
  await sql`update clock_mark set at = now() - interval '2 days'`.execute(admin)
  expect(await eraseEndedRequests(custodian.db)).toBe(0)
  await sql`update clock_mark set at = now()`.execute(admin)
  expect(await tablesWith(word)).toEqual(personal)
  expect(await eraseEndedRequests(custodian.db)).toBe(1)
})

test('only the custodian can erase, and requests change only by their functions', async () => {
  const { id } = await enterFullRequest()
  for (const role of ['seloste_desk', 'seloste_capture'] as const) {
    await expect(sql`select erase_closed_requests()`.execute(database.as(role).db)).rejects.toThrow('permission denied')
  }
  for (const role of ['seloste_desk', 'seloste_capture', 'seloste_custodian'] as const) {
    const { db } = database.as(role)
    await expect(sql`select erase_requester(${id}::uuid)`.execute(db)).rejects.toThrow('permission denied')
    for (const table of ['subject_request', 'subject_requester', 'request_call', 'request_number']) {
      await expect(sql`delete from ${sql.table(table)}`.execute(db), `${role} ${table}`).rejects.toThrow(
        'permission denied',
      )
    }
  }
  await expect(sql`select * from subject_requester`.execute(custodian.db)).rejects.toThrow('permission denied')
})

test('an older backup brings back nothing of an erased requester, nor the number of a later request', async () => {
  const place = await openTestPlaces(database, register)
  const [whenOpen, whenClosed] = [await enterFullRequest(), await enterFullRequest()]
  await closeDaysAgo(whenClosed.id, 31)
  await register.seal()
  const { manifest } = await backUpTo(register, place)
  await closeDaysAgo(whenOpen.id, 31)
  expect(await eraseEndedRequests(custodian.db)).toBe(2)
  await register.seal()
  await place.copies.shipLedger()
  await place.shipLog()

  const machine = await emptyMachine()
  const restored = await restoreFrom(machine, place, { backup: manifest.id })
  expect(restored.ledger.requests).toBe(2)
  for (const { id, number, word } of [whenOpen, whenClosed]) {
    expect(await tablesWith(word, machine.pool)).toEqual([])
    const { rows } = await machine.pool.query(
      `select q.number, q.outcome, q.erased_at is not null as erased, a.state,
         (select count(*)::integer from inspection i where i.request_id = q.id) as listenings
       from subject_request q join appointment a on a.request_id = q.id where q.id = $1`,
      [id],
    )
    expect(rows).toEqual([{ number, outcome: 'ANSWERED', erased: true, state: 'HEARD', listenings: 0 }])
  }
  const { rows } = await machine.pool.query<{ last: number }>('select last from request_number')
  expect(rows[0]!.last).toBeGreaterThan(1000)
})

test('data whose term ended while the machine was lost are erased before anybody can view them', async () => {
  const place = await openTestPlaces(database, register)
  const { id, word } = await enterFullRequest()
  await closeDaysAgo(id, 31)
  await register.seal()
  const { manifest } = await backUpTo(register, place)
  const machine = await emptyMachine()
  await restoreFrom(machine, place, { backup: manifest.id })
  expect(await tablesWith(word, machine.pool)).toEqual(personal)
  const lines: string[] = []
  const log = makeLog({ name: 'custodian', write: (line) => lines.push(line), pretty: false })
  const registry = new Registry()
  const db = machine.target.db as Kysely<RegisterTables>
  const { keys, pool } = machine
  const versions = await followVersions({
    db: database.as('seloste_custodian').db,
    databaseUrl: database.url('seloste_custodian'),
    onFault: (error) => {
      throw error
    },
  })
  const running = await startJobs(
    { pool, db, keys, versions, clock: systemClock, log, checkMs: 60_000 },
    jobs.filter(({ name }) => name === 'requests'),
  )
  await running.stop()
  await versions.stop()
  measureCustodian(registry, { db, keys, clock: systemClock })
  expect(await registry.metrics()).toMatch(/^seloste_requests_open [1-9]\d*\n(.*\n)*^seloste_requests_overdue 0$/m)
  expect(await tablesWith(word, machine.pool)).toEqual([])
  expect(lines.join()).toContain('erased the personal data of closed requests')
})
