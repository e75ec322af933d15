// R36: a right that the database's owner changes after it was granted is reported, also if the owner changes its
// request too.
import { afterEach, expect, test } from 'vitest'
import { revokeRight } from '#safeguards/access/procedure.ts'
import { rightsGranted } from '#use/evidence/access-promises.ts'
import { openProcedure, ownCalls } from '../access/open-procedure.ts'

const { database, sari, anssi, as, desk, enterOfficial, grant } = await openProcedure()
const { pool } = database.as()
const custodian = database.as('seloste_custodian').db
const [official, other] = [
  await enterOfficial({ supervisorId: sari.id }),
  await enterOfficial({ supervisorId: sari.id }),
]
const right = await grant(as(sari), ownCalls([official.id]))
const otherRight = await grant(as(sari), ownCalls([other.id]))

async function tamper(...statements: string[]): Promise<void> {
  await pool.query(['begin; set local session_replication_role = replica', ...statements, 'commit'].join('; '))
}

async function unlogged(): Promise<unknown> {
  const found = await rightsGranted.check({ db: custodian } as never, undefined)
  return found === 'not-yet' ? found : { count: found.facts.unlogged, example: found.facts.example }
}

const rowsOf = async (table: string) =>
  (await pool.query<{ rows: string }>(`select jsonb_agg(t)::text as rows from ${table} t`)).rows[0]!.rows
const tables = ['access_right', 'right_request']
const before = await Promise.all(tables.map(rowsOf))

afterEach(async () => {
  await tamper(
    ...tables.flatMap((table, index) => [
      `delete from ${table}`,
      `insert into ${table} select * from jsonb_populate_recordset(null::${table}, '${before[index]!}')`,
    ]),
    `delete from audit_entry where action = 'right.revoked'`,
    'delete from ledger_content',
  )
  expect(await unlogged()).toMatchObject({ count: 0 })
})

const dayLonger = `valid_to = valid_to + interval '1 day'`
const yearsLonger = `valid_to = valid_to + interval '5 years'`
test.each([
  ['lasts longer', [yearsLonger]],
  ['began earlier', [`valid_from = valid_from - interval '1 year'`]],
  ['is for another role and every call', [`role = 'SECURITY', scope_kind = 'all', purposes = '{CRIME_OR_MISUSE}'`]],
  ['is for another purpose', [`purposes = '{DEVELOPMENT,INSPECTION}'`]],
  ['is another person’s', [`person_id = '${anssi.id}'`]],
  ['covers another unit', [`scope_units = array[gen_random_uuid()]`]],
  ['has another request', [`request_id = null`]],
  ['lasts longer, by its request as well', [yearsLonger, yearsLonger]],
  [
    'is for another role, by its request as well',
    [`role = 'SECURITY', scope_kind = 'all'`, `role = 'SECURITY', scope_kind = 'all'`],
  ],
  ['lasts a day longer, by its request as well', [dayLonger, dayLonger]],
  ...[
    `purposes = '{DEVELOPMENT,INSPECTION}'`,
    `scope_units = array[gen_random_uuid()]`,
    `scope_numbers = '{+35829497000}'`,
    `scope_kind = 'numbers'`,
  ].map((set): [string, string[]] => [`has ${set}, by its request as well`, [set, set]]),
])('reports a changed right: it %s', async (_, [set, setInRequest]) => {
  expect(await unlogged()).toMatchObject({ count: 0 })
  await tamper(
    `update access_right set ${set} where id = '${right}'`,
    ...(setInRequest
      ? [
          `update right_request q set ${setInRequest} where id = (select request_id from access_right where id = '${right}')`,
        ]
      : []),
  )
  expect(await unlogged()).toEqual({ count: 1, example: right })
})

test('accepts a right that was revoked, or shortened by a restore', async () => {
  await revokeRight(desk, as(sari), right, 'no longer needed')
  await tamper(`update access_right set valid_to = valid_to - interval '30 days' where id = '${otherRight}'`)
  expect(await unlogged()).toMatchObject({ count: 0 })
})

const undoRevocation = `update access_right set revoked_at = null, revoked_by = null, revoke_cause = null, revoke_reason = null`

test('reports a revoked right that is in force again, revoked by the log or by the ledger', async () => {
  await revokeRight(desk, as(sari), right, 'no longer needed')
  await tamper(`${undoRevocation} where id = '${right}'`)
  expect(await unlogged()).toEqual({ count: 1, example: right })
  await tamper(`delete from audit_entry where action = 'right.revoked'`)
  expect(await unlogged()).toEqual({ count: 1, example: right })
  await tamper('delete from ledger_content')
  expect(await unlogged()).toMatchObject({ count: 0 })
})

test('reports a shortened right that has its former length again', async () => {
  await pool.query(`update access_right set valid_to = valid_to - interval '30 days' where id = $1`, [right])
  expect(await unlogged()).toMatchObject({ count: 0 })
  await tamper(`update access_right set valid_to = valid_to + interval '30 days' where id = '${right}'`)
  expect(await unlogged()).toEqual({ count: 1, example: right })
})
