// The start page's list over HTTP: which role gets which rows, and that no read for the list is refused.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { rightOf } from '#test/access/right-of.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson, type TestPerson } from '#test/database/people.ts'
import { makeTestRegister } from '#test/register/make-register.ts'
import { openTestDesk } from '#test/register/open-desk.ts'
import { servedRequest } from '#test/requests/served-request.ts'
import type { Setup, WaitingItem } from '../contract/start.ts'

const database = await createTestDatabase<RegisterTables>()
const register = await makeTestRegister(database)
const desk = await openTestDesk(database, register, {
  health: { blockers: [], missing: ['custodian'] },
})
const admin = database.as().db

const people = new Map<string, TestPerson>()

beforeAll(async () => {
  for (const [name, right] of Object.entries(rightOf)) {
    people.set(name, await enterTestPerson(admin, database.as('seloste_desk').db, { name: `Testi ${name}`, right }))
  }
}, 60_000)

async function read<Answer>(path: string, who: string): Promise<{ status: number; body: Answer }> {
  const { token } = await people.get(who)!.signIn()
  const response = await desk.visitor.fetch(path, { headers: { cookie: `seloste=${token}` } })
  return { status: response.status, body: (await response.json()) as Answer }
}

async function waitingFor(who: string): Promise<WaitingItem[]> {
  return (await read<{ items: WaitingItem[] }>('/api/waiting', who)).body.items
}

test('the start page reads for each role only lists that the role may read: the log has no refusal', async () => {
  for (const name of Object.keys(rightOf)) {
    expect((await read('/api/waiting', name)).status, name).toBe(200)
  }
  const { rows } = await sql<{ action: string; person_id: string }>`
    select action, person_id from audit_entry where result like 'refused%'`.execute(admin)
  expect(rows).toEqual([])
})

test('the start page lists a clerk’s request with its deadline and without its requester, and shows it to no other role', async () => {
  const clerk = people.get('SERVICE_UNIT')!
  const receivedAt = Temporal.Now.instant().subtract({ hours: 24 * 60 })
  const mine = await servedRequest(admin, { clerkId: clerk.id, receivedAt })
  const free = await servedRequest(admin, { clerkId: clerk.id })
  await sql`update subject_request set assigned_to = case when id = ${mine.id}::uuid then ${clerk.id}::uuid end`.execute(
    admin,
  )
  const rows = await waitingFor('SERVICE_UNIT')
  const own = rows.find(({ id }) => id === mine.id)
  expect(own).toMatchObject({ kind: 'request', name: mine.number, urgency: 'now', count: 1 })
  expect(own?.deadline).toBeDefined()
  expect(rows.find(({ id }) => id === free.id)).toMatchObject({ kind: 'request-free', urgency: 'waits' })
  expect(rows[0]?.urgency, 'what is late stands first').toBe('now')
  const { rows: names } = await sql<{ name: string }>`select name from subject_requester`.execute(admin)
  for (const { name } of names) expect(JSON.stringify(rows)).not.toContain(name)
  for (const other of Object.keys(rightOf).filter((name) => name !== 'SERVICE_UNIT')) {
    expect(JSON.stringify(await waitingFor(other)), other).not.toContain(mine.number)
  }
})

test('the start page shows a part that does not answer to those who run the installation, and to nobody else', async () => {
  for (const name of Object.keys(rightOf)) {
    const rows = (await waitingFor(name)).filter(({ kind }) => kind === 'blocker')
    const isOperator = name === 'ADMINISTRATOR' || name === 'MAINTENANCE'
    expect(rows, name).toEqual(isOperator ? [{ kind: 'blocker', name: 'custodian', count: 1, urgency: 'now' }] : [])
  }
})

test('the start page lists the steps of an installation until each is done', async () => {
  const before = (await read<Setup>('/api/setup', 'ADMINISTRATOR')).body
  const isDone = (setup: Setup) => Object.fromEntries(setup.steps.map(({ step, isDone: done }) => [step, done]))
  expect(isDone(before)).toEqual({
    ...{ description: true, numbers: true, people: true, rights: true, 'second-approver': false },
    ...{ recorder: false, recording: false, backups: false, witness: false },
  })
  expect(before.sip).toEqual(['sip:127.0.0.1:5060'])
  await enterTestPerson(admin, database.as('seloste_desk').db, {
    name: 'Toinen hyväksyjä',
    right: rightOf.ACCESS_APPROVER,
  })
  await sql`insert into capture_client (trunk, client, sessions) values ('', 'SBC', 1)`.execute(admin)
  await register.record()
  await sql`insert into place_of_data (name, kind, location, state, first_used_at, backup_last_at)
    values ('safe', 'backup', '/mnt/safe', 'in-use', now(), now()), ('witness.example', 'witness', 'https://witness.example', 'in-use', now(), null)`.execute(
    admin,
  )
  const after = (await read<Setup>('/api/setup', 'MAINTENANCE')).body
  expect(Object.values(isDone(after)).every(Boolean), JSON.stringify(after.steps)).toBe(true)
})
