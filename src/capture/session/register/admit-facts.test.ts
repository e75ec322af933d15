import { expect, test } from 'vitest'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { callFacts } from '#test/database/people.ts'
import type { RegisterTables } from '#register/tables.ts'
import { admitTo } from './admit-facts.ts'

const database = await createTestDatabase<RegisterTables>()
const admin = database.as().db
const capture = database.as('seloste_capture')

async function transactionsOf(contactIds: readonly string[]): Promise<number> {
  const { rows } = await database
    .as()
    .pool.query<{ n: number }>('select count(distinct xmin::text)::int as n from contact where id = any ($1)', [
      contactIds,
    ])
  return rows[0]!.n
}

test('simultaneous facts are admitted in batches of at most 50, each with its own answer', async () => {
  const admit = admitTo(capture.db)
  const calls = Array.from({ length: 60 }, () => callFacts({ endedAt: undefined }))
  const admissions = await Promise.all(calls.map(admit))
  expect(admissions).toEqual(calls.map(({ contactId }) => ({ contactId, verdict: 'entered' })))
  expect(await transactionsOf(calls.map(({ contactId }) => contactId))).toBe(2)
})

test('refused facts block none of the others', async () => {
  const admit = admitTo(capture.db)
  const valid = [callFacts(), callFacts()] as const
  const refused = callFacts({ caller: { kind: 'withheld', key: '+358401234567' as PhoneNumberKey, raw: null } })
  const outcomes = await Promise.allSettled([valid[0], refused, valid[1]].map(admit))
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  const ids = [...valid, refused].map(({ contactId }) => contactId)
  const entered = await admin.selectFrom('contact').select('id').where('id', 'in', ids).execute()
  expect(entered.map(({ id }) => id).sort()).toEqual(valid.map(({ contactId }) => contactId).sort())
})

test('two simultaneous segments of one call are one contact', async () => {
  const admit = admitTo(capture.db)
  const segment = callFacts({ callIds: ['ucid:together'] })
  const another = callFacts({ callIds: ['ucid:together'], startedAt: segment.startedAt })
  const [first, second] = await Promise.all([admit(segment), admit(another)])
  expect(second.contactId).toBe(first.contactId)
})
