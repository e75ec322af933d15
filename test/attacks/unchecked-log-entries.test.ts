// R36-R41: the promise does not hold while part of the log is unjudged, as with a log of years whose judgement was
// lost.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { rightsScope } from '#use/evidence/rights-scope.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const promises = await makeTestPromises(database)

const check = async (memo: unknown, signal?: AbortSignal) => {
  const found = await rightsScope.check(await promises.makeContext({ signal }), memo)
  if (found === 'not-yet') throw new Error('not yet')
  return found
}

test('no promise holds while years of entries are unjudged, and a view out of scope is found in the first round', async () => {
  const { id: matti } = promises.matti
  await promises.tamper(
    `update audit_entry set at = at - interval '11 days'`,
    `insert into audit_entry (at, person_id, role, action, purpose, result, object_kind, object_id)
     select now() - interval '10 days' + n * interval '1 second', '${matti}', 'MAINTENANCE', 'contact.read', 'MAINTENANCE', 'ok', 'contact', gen_random_uuid()
     from generate_series(1, 6000) n`,
    // Dated now, so later than all others.
    `insert into audit_entry (person_id, role, action, purpose, result) values ('${matti}', 'MAINTENANCE', 'contacts.listed', 'MAINTENANCE', 'ok')`,
    'analyze audit_entry',
  )
  // An aborted signal ends a check after its first round.
  const aborted = AbortSignal.abort()
  const first = await check(undefined, aborted)
  expect(first).toMatchObject({ holds: false, facts: { outside: 0, judgedTo: expect.any(String) } })
  await promises.tamper(
    `insert into audit_entry (person_id, role, action, purpose, result, object_kind, object_id)
     values ('${promises.aino.id}', 'OFFICIAL', 'contact.read', 'DEVELOPMENT', 'ok', 'contact', '${promises.recordings.colleagues.contactId}')`,
  )
  const found = { holds: false, facts: { outside: 1 } }
  expect(await check(undefined, aborted)).toMatchObject(found)
  expect(await check(first.memo, aborted)).toMatchObject(found)
  const whole = await check(first.memo)
  expect(whole).toMatchObject(found)
  expect(Temporal.Instant.from(String(whole.facts.judgedTo)).until(Temporal.Now.instant()).total('hours')).toBeLessThan(
    1,
  )
})
