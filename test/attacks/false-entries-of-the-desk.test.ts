// R20, R21: a desk that was taken over, with nobody signed in, writes entries into the log that would break promises for
// good, or accuse somebody.
import { expect, test } from 'vitest'
import type { RegisterTables } from '#register/tables.ts'
import { createTestDatabase } from '../database/create-test-database.ts'
import { makeTestPromises } from '../register/make-test-promises.ts'

const database = await createTestDatabase<RegisterTables>()
const { pool: owner } = database.as()
const { pool: desk } = database.as('seloste_desk')
const { check, colleague } = await makeTestPromises(database)

const append = (action: string, object: string | null, detail: object, person: string | null = null) =>
  desk.query(
    `insert into audit_entry (person_id, action, object_kind, object_id, result, detail) values ($1, $2, 'x', $3, 'ok', $4)`,
    [person, action, object, JSON.stringify(detail)],
  )

test('the end of a session, the end of sessions with verifiers, and the approval of a version are refused, and no promise breaks', async () => {
  await colleague.signIn()
  const { rows } = await owner.query<{ id: string; verifiers: string[] }>(
    `select id, (select array_agg(verifier) from stored_verifiers() v where v.person = person_id) as verifiers
     from session where person_id = $1 and ended_at is null`,
    [colleague.id],
  )
  const { id, verifiers } = rows[0]!
  const refused = /row-level security policy/
  for (const object of [id, null])
    await expect(append('session.ended', object, {}, colleague.id)).rejects.toThrow(refused)
  for (const person of [colleague.id, null])
    await expect(append('sessions.ended', colleague.id, { person: colleague.id, verifiers }, person)).rejects.toThrow(
      refused,
    )
  for (const action of ['description.approved', 'description.drafted'])
    await expect(append(action, id, { version: 1, hash: 'ff'.repeat(32) })).rejects.toThrow(refused)
  expect((await check({ afresh: true })).broken).toEqual([])
})

test('the end of a person’s sessions is refused where nobody is signed in, also after one has ended, and none ends in the future', async () => {
  await colleague.signIn()
  const end = `update session set ended_at = $2 where person_id = $1 and ended_at is null returning ended_at <= now() + interval '1 second' as past`
  expect((await desk.query<{ past: boolean }>(end, [colleague.id, 'infinity'])).rows).toContainEqual({ past: true })
  await expect(append('sessions.ended', colleague.id, { sessions: 1, cause: 'own' }, colleague.id)).rejects.toThrow(
    /row-level security policy/,
  )
})
