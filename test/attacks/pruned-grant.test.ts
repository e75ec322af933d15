// R36: a right whose grant is older than the log counts as granted, also if it ended after the log's beginning, unless
// it is longer than a right may be.
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { rightsGranted } from '#use/evidence/access-promises.ts'
import { disclosuresFounded } from '#use/evidence/release-promises.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const promises = await makeTestPromises(database)
const custodian = database.as('seloste_custodian').db
// Prunes the log to 24 months: leaves the pruning's own entry, and an oldest entry two years old.
await promises.tamper(
  `update audit_entry set at = now() - interval '24 months' where seq = (select min(seq) from audit_entry)`,
  `insert into audit_entry (action, result, object_kind, detail) values ('log.pruned', 'ok', 'log', '{}')`,
)

test.each([
  ['ended before the log begins counts as granted', 26, 25, 0],
  ['ended after the log begins, a year after its grant, counts as granted', 30, 18, 0],
  ['is longer than allowed is reported', 30, 12, 1],
])('a right that %s', async (_, began, ended, unlogged) => {
  const id = randomUUID()
  const from = `now() - interval '${began} months'`
  await promises.tamper(
    `insert into access_right (id, person_id, role, purposes, scope_kind, valid_from, valid_to, granted_at, origin, requested_by, approved_by)
     values ('${id}', '${promises.aino.id}', 'OFFICIAL', '{DEVELOPMENT}', 'own', ${from}, now() - interval '${ended} months',
       ${from}, 'procedure', '${promises.colleague.id}', '${promises.matti.id}')`,
  )
  const found = await rightsGranted.check({ db: custodian } as never, undefined)
  await promises.tamper(`delete from access_right where id = '${id}'`)
  expect(found).toMatchObject({ facts: { unlogged } })
})

test.each([
  [30, 0],
  [20, 1],
])(
  'reports a disclosure to an authority that is missing from the log only if it was decided on after the log begins (%s months ago)',
  async (months, alone) => {
    const at = `now() - interval '${months} months'`
    const [tuula, riitta] = [promises.colleague.id, promises.matti.id]
    await promises.tamper(
      `insert into authority_disclosure (number, origin, authority, officer, case_number, aim, provision_id, received_at, entered_by,
       assessed_at, assessed_by, assessment, outcome, reasons, decided_at, decided_by)
     values ('V-2020-1', 'REQUEST', 'Poliisi', 'K', '1', 'INVESTIGATION', 'x', ${at}, '${tuula}', ${at}, '${tuula}', 'a', 'GRANTED', 'P', ${at}, '${riitta}')`,
    )
    const found = await disclosuresFounded.check(await promises.makeContext(), undefined)
    await promises.tamper(`delete from authority_disclosure`)
    expect(found).toMatchObject({ facts: { alone } })
  },
)
