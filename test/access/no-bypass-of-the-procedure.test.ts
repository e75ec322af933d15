/**
 * An attacker has the desk's connection and people's sessions, but not the program. The tests try every way to change
 * the register description without the procedure (R1, R14).
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { inTime, submitChange } from '#test/database/drafts.ts'
import { enterTestPerson, type TestPerson } from '#test/database/people.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardTables } from '#safeguards/tables.ts'
import type { Draft } from '#safeguards/versions/draft.ts'

const database = await createTestDatabase<SafeguardTables>()
const other = await createTestDatabase<SafeguardTables>()
const admin = database.as().pool
const desk = database.as('seloste_desk')

const nothing = { kind: 'none' as const, units: [], numbers: [] }
async function enter(name: string, role: 'ADMINISTRATOR' | 'DECISION_MAKER' | 'ACCESS_APPROVER') {
  const person = await enterTestPerson(database.as().db, desk.db, {
    name,
    right: { role, purposes: [], scope: nothing },
  })
  return { person, session: await person.signIn() }
}
const anssi = await enter('Anssi', 'ADMINISTRATOR')
const bea = await enter('Bea', 'ADMINISTRATOR')
const riitta = await enter('Riitta', 'DECISION_MAKER')
const paula = await enter('Paula', 'ACCESS_APPROVER')

const roles = `[{"role":"DECISION_MAKER","purposes":[],"scope":"none"},{"role":"ADMINISTRATOR","purposes":[],"scope":"none"}]`

/** Returns the versions, which no attack may change. */
async function versions(): Promise<string> {
  const { rows } = await admin.query<{ all: string }>(
    `select (select json_agg(v order by version)::text from description_version v)
         || (select json_agg(r order by version, role, duty)::text from described_role r) as all`,
  )
  return rows[0]!.all
}

/** Runs statements in one transaction of a role with a session's settings, and commits what succeeds. */
async function attack(pool: Pool, session: Session | undefined, statements: readonly string[]): Promise<void> {
  const client: PoolClient = await pool.connect()
  try {
    await client.query('begin')
    if (session) await client.query(`select set_config('seloste.session', $1, true)`, [session.token])
    for (const statement of statements) await client.query(statement)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

/** Submits, in another database, a draft that takes effect in this many seconds. */
async function submitElsewhere(seconds: number) {
  const [author, decider] = [await person('ADMINISTRATOR'), await person('DECISION_MAKER')]
  const desk = other.as('seloste_desk')
  // Counts the seconds from here, so that the time taken to enter the people does not matter.
  const draft = await inTime(seconds, (instant) => submitChange(desk.db, author, instant, renameEdit()))
  return { desk, decider, effectiveFrom: draft.effectiveFrom!, draft }

  async function person(role: 'ADMINISTRATOR' | 'DECISION_MAKER') {
    const right = { role, purposes: [], scope: nothing }
    return (await enterTestPerson(other.as().db, other.as('seloste_desk').db, { name: role, right })).signIn()
  }
}

const inAnHour = () => Temporal.Now.instant().add({ hours: 1 }).round({ smallestUnit: 'second' })
let renamings = 0
const renameEdit = () => ({ edits: [{ path: ['title', 'en'], value: `REGISTER DESCRIPTION ${++renamings}` }] })

let draft: Draft
let before: string
async function submitDraft(): Promise<void> {
  draft = await submitChange(desk.db, anssi.session, inAnHour(), renameEdit())
  before = await versions()
}

const approval = (id: string, revision: number | string, granted = roles) =>
  `select approve_draft('${id}', ${revision}, '[]', '${granted}', null)`

describe.each(['seloste_desk', 'seloste_capture', 'seloste_custodian'])('as %s', (role) => {
  beforeAll(submitDraft)
  test.each([
    [
      `insert into description_version (version, text, hash, effective_from) select 99, text, hash, now() from description_version`,
    ],
    [`update description_version set text = 'x'`],
    [`update description_version set effective_from = effective_from - interval '1 day'`],
    [`update description_version set approver = author`],
    [`delete from description_version`],
    [`truncate description_version cascade`],
    [
      `insert into described_role select version, 'SECURITY', null, '{CRIME_OR_MISUSE}', 'all' from description_version`,
    ],
    [`update described_role set scope = 'all'`],
    [`update described_role set purposes = '{CRIME_OR_MISUSE}'`],
    [`delete from described_role`],
    [`select install_description('x', now(), '[]')`],
    [`alter table description_version disable trigger all`],
    [`drop trigger append_only on description_version`],
    [`alter table description_draft disable row level security`],
    [`create or replace function version_at(instant timestamptz) returns integer language sql as 'select 1'`],
    [`set session_replication_role = replica; update description_version set text = 'x'`],
    [`set role postgres`],
    [`set session authorization postgres`],
    [`grant seloste_desk to seloste_capture`],
    [`copy description_version from program 'echo'`],
    [`create table description_version (version integer)`],
  ])('%s', async (statement) => {
    for (const session of [undefined, anssi.session, riitta.session]) {
      await expect(attack(database.as(role).pool, session, [statement])).rejects.toThrow()
    }
    expect(await versions()).toBe(before)
  })
})

describe('a draft', () => {
  beforeEach(submitDraft)
  const decided = [
    `state = 'APPROVED'`,
    `state = 'REJECTED'`,
    `decided_by = '${riitta.person.id}'`,
    `decided_at = now()`,
  ]
  const forged = [
    `revision = 1`,
    `author = '${bea.person.id}'`,
    `based_on = 1`,
    `submitted_at = now()`,
    `changed_at = now()`,
  ]

  test.each([...decided, ...forged])('cannot get %s by a direct update, by its author or anybody else', async (set) => {
    for (const { session } of [anssi, bea, riitta]) {
      await attack(desk.pool, session, [`update description_draft set ${set} where id = '${draft.id}'`]).catch(
        () => undefined,
      )
    }
    const { rows } = await admin.query(
      'select state, revision, author, decided_by from description_draft where id = $1',
      [draft.id],
    )
    expect(rows).toEqual([{ state: 'SUBMITTED', revision: draft.revision, author: anssi.person.id, decided_by: null }])
  })

  test.each([
    [`text = text || '# later'`],
    [`effective_from = now() + interval '2 days'`],
    [`reason = 'other'`],
    [`text = text || '# later', state = 'DRAFT'`],
    [`text = text || '# later', state = 'SUBMITTED'`],
  ])('that is submitted cannot be rewritten: %s', async (set) => {
    await expect(
      attack(desk.pool, anssi.session, [`update description_draft set ${set} where id = '${draft.id}'`]),
    ).rejects.toThrow('take it back')
  })

  test('of another person cannot be changed, submitted, withdrawn or written in their name', async () => {
    const location = `where id = '${draft.id}'`
    for (const set of [`state = 'DRAFT'`, `state = 'WITHDRAWN'`, `reason = 'mine'`]) {
      for (const { session } of [bea, riitta, paula]) {
        await attack(desk.pool, session, [`update description_draft set ${set} ${location}`]).catch(() => undefined)
      }
    }
    const { rows } = await admin.query('select state, reason from description_draft where id = $1', [draft.id])
    expect(rows).toEqual([{ state: 'SUBMITTED', reason: '' }])
    const insert = (author: TestPerson) =>
      `insert into description_draft (id, based_on, text, author) values (gen_random_uuid(), 1, 'x', '${author.id}')`
    await expect(attack(desk.pool, bea.session, [insert(anssi.person)])).rejects.toThrow('row-level security')
    for (const { session, person } of [riitta, paula]) {
      await expect(attack(desk.pool, session, [insert(person)])).rejects.toThrow('row-level security')
    }
    await expect(attack(desk.pool, undefined, [insert(anssi.person)])).rejects.toThrow('row-level security')
  })

  test('that is decided or withdrawn cannot be changed', async () => {
    const location = `where id = '${draft.id}'`
    await attack(desk.pool, riitta.session, [`select reject_draft('${draft.id}', ${draft.revision}, null)`])
    for (const state of ['DRAFT', 'SUBMITTED']) {
      await attack(desk.pool, anssi.session, [`update description_draft set state = '${state}' ${location}`])
    }
    const { rows } = await admin.query('select state from description_draft where id = $1', [draft.id])
    expect(rows).toEqual([{ state: 'REJECTED' }])
    await expect(admin.query(`update description_draft set state = 'DRAFT' ${location}`)).rejects.toThrow('decided')
  })

  test('is not shown without a session', async () => {
    const { rows } = await desk.pool.query('select id from description_draft')
    expect(rows).toEqual([])
    for (const role of ['seloste_capture', 'seloste_custodian']) {
      await expect(database.as(role).pool.query('select id from description_draft')).rejects.toThrow(
        'permission denied',
      )
    }
  })
})

describe('an approval', () => {
  beforeEach(submitDraft)
  test('is refused to the author, to people without the role, and without a session', async () => {
    for (const session of [anssi.session, bea.session, paula.session, undefined]) {
      await expect(attack(desk.pool, session, [approval(draft.id, draft.revision)])).rejects.toThrow('deny.role')
    }
    await expect(
      attack(desk.pool, { ...riitta.session, token: `${riitta.session.token}x` }, [approval(draft.id, draft.revision)]),
    ).rejects.toThrow('deny.role')
    expect(await versions()).toBe(before)
  })

  test('is refused to other database roles', async () => {
    for (const role of ['seloste_capture', 'seloste_custodian']) {
      await expect(
        attack(database.as(role).pool, riitta.session, [approval(draft.id, draft.revision)]),
      ).rejects.toThrow('permission denied')
    }
  })

  test('applies to the revision that was read, of a submitted draft', async () => {
    for (const revision of [draft.revision - 1, draft.revision + 1, 'null']) {
      const attempt = attack(desk.pool, riitta.session, [approval(draft.id, revision)])
      await expect(attempt, `revision ${revision}`).rejects.toThrow('changed-meanwhile')
    }
    await attack(desk.pool, anssi.session, [`update description_draft set state = 'DRAFT' where id = '${draft.id}'`])
    const { rows } = await admin.query<{ revision: number }>('select revision from description_draft where id = $1', [
      draft.id,
    ])
    await expect(attack(desk.pool, riitta.session, [approval(draft.id, rows[0]!.revision)])).rejects.toThrow(
      'changed-meanwhile',
    )
    expect(await versions()).toBe(before)
  })

  const rewriteText = (text: string, change: (text: string) => string) =>
    `update description_draft set text = $text$${change(text)}$text$ where id = `
  test.each([
    ['another version', (text: string) => text.replace(/^version: .*$/m, 'version: 1')],
    [
      'another instant than the draft’s',
      (text: string) => text.replace(/^effectiveFrom: .*$/m, 'effectiveFrom: 2020-01-01'),
    ],
    ['an invalid instant', (text: string) => text.replace(/^effectiveFrom: .*$/m, 'effectiveFrom: infinity')],
    ['another approver', (text: string) => text.replace('"(awaits decision)"', '"riitta"')],
    ['another author', (text: string) => text.replace(/author: "[^"]*"/, 'author: "bea"')],
    ['no decision', (text: string) => text.replace(/^decision: .*$/m, '')],
    ['two decisions', (text: string) => text.replace(/^(decision: .*)$/m, '$1\n$1')],
    ['a decision that is a comment', (text: string) => text.replace(/^decision: /m, '# decision: ')],
    ['a decision in a text', (text: string) => text.replace(/^(decision: .*)$/m, 'note: |\n  $1')],
  ])('of a text with %s is refused', async (_, change) => {
    const location = `where id = '${draft.id}'`
    await attack(desk.pool, anssi.session, [`update description_draft set state = 'DRAFT' ${location}`])
    await attack(desk.pool, anssi.session, [
      `${rewriteText(draft.text, change)} '${draft.id}'`,
      `update description_draft set state = 'SUBMITTED' ${location}`,
    ])
    const { rows } = await admin.query<{ revision: number }>(`select revision from description_draft ${location}`)
    await expect(attack(desk.pool, riitta.session, [approval(draft.id, rows[0]!.revision)])).rejects.toThrow(
      'draft.problems',
    )
    expect(await versions()).toBe(before)
  })

  test.each([
    ['that has passed', `now() - interval '1 second'`, 'draft.not-future'],
    ['before the newest version', `'2025-12-31 22:00Z'`, 'draft.not-future'],
    ['years ahead', `now() + interval '2 years'`, 'draft.not-future'],
    ['of infinity', `'infinity'`, 'check constraint'],
    ['of minus infinity', `'-infinity'`, 'check constraint'],
  ])('for an instant %s is refused', async (_, instant, refusal) => {
    const location = `where id = '${draft.id}'`
    const attempt = async () => {
      await attack(desk.pool, anssi.session, [`update description_draft set state = 'DRAFT' ${location}`])
      await attack(desk.pool, anssi.session, [
        `update description_draft set effective_from = ${instant}, state = 'SUBMITTED' ${location}`,
      ])
      const { rows } = await admin.query<{ revision: number }>(`select revision from description_draft ${location}`)
      await attack(desk.pool, riitta.session, [approval(draft.id, rows[0]!.revision)])
    }
    await expect(attempt()).rejects.toThrow(refusal)
    expect(await versions()).toBe(before)
  })

  test('cannot give a role more than the widest rights that a description may give it', async () => {
    const wider = [
      `{"role":"SUPERVISOR","purposes":["DEVELOPMENT","CRIME_OR_MISUSE"],"scope":"unit"}`,
      `{"role":"OFFICIAL","purposes":["DEVELOPMENT"],"scope":"all"}`,
      `{"role":"DECISION_MAKER","purposes":["DEVELOPMENT"],"scope":"all"}`,
      `{"role":"EXPERT","purposes":["QUALITY"],"scope":"numbers"}`,
      `{"role":"KING","purposes":[],"scope":"none"}`,
    ]
    for (const role of wider) {
      const granted = roles.replace(/]$/, `,${role}]`)
      await expect(attack(desk.pool, riitta.session, [approval(draft.id, draft.revision, granted)])).rejects.toThrow()
    }
    for (const granted of ['[]', `[{"role":"DECISION_MAKER","purposes":[],"scope":"none"}]`]) {
      await expect(attack(desk.pool, riitta.session, [approval(draft.id, draft.revision, granted)])).rejects.toThrow(
        'draft.problems',
      )
    }
    expect(await versions()).toBe(before)
  })

  test('cannot be influenced by the attacker’s own tables, functions and operators', async () => {
    await expect(
      attack(desk.pool, anssi.session, [
        `create temporary table description_draft as select * from public.description_draft`,
        `create temporary table access_right (person_id uuid, role text)`,
        `create function pg_temp.viewer_is(text, text) returns boolean language sql as 'select true'`,
        `create function pg_temp.viewer() returns uuid language sql as $$ select '${riitta.person.id}'::uuid $$`,
        `set search_path = pg_temp, public`,
        approval(draft.id, draft.revision),
      ]),
    ).rejects.toThrow()
    expect(await versions()).toBe(before)
  })

  test('committed after the draft’s instant has passed is refused', async () => {
    const late = await submitElsewhere(4)
    const client = await late.desk.pool.connect()
    await client.query('begin')
    await client.query(`select set_config('seloste.session', $1, true)`, [late.decider.token])
    await client.query(approval(late.draft.id, late.draft.revision))
    await wait(late.effectiveFrom.since(Temporal.Now.instant()).total('milliseconds') + 100)
    await expect(client.query('commit')).rejects.toThrow('draft.not-future')
    client.release()
    const { rows } = await late.desk.pool.query('select version from description_version')
    expect(rows).toHaveLength(1)
  })

  test('sent several times at once makes one version', async () => {
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map(() => attack(desk.pool, riitta.session, [approval(draft.id, draft.revision)])),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const { rows } = await admin.query('select version from description_version where draft_id = $1', [draft.id])
    expect(rows).toHaveLength(1)
  })
})

describe('what is in force', () => {
  test('is recorded by the custodian only, and not before its time', async () => {
    for (const role of ['seloste_desk', 'seloste_capture']) {
      await expect(
        attack(database.as(role).pool, undefined, ['insert into version_effect (version) values (1)']),
      ).rejects.toThrow('permission denied')
    }
    const { rows } = await admin.query<{ version: number }>(
      'select version from description_version where effective_from > now() order by version desc limit 1',
    )
    const custodian = database.as('seloste_custodian').pool
    await expect(
      custodian.query('insert into version_effect (version) values ($1)', [rows[0]!.version]),
    ).rejects.toThrow('not in force yet')
    await expect(custodian.query(`insert into version_effect values (1, '2020-01-01')`)).rejects.toThrow()
  })
})
