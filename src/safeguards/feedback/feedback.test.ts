import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createTestDatabase } from '#test/database/create-test-database.ts'
import { enterTestPerson } from '#test/database/people.ts'
import type { SafeguardTables } from '../tables.ts'
import { answerFeedback, deleteOldFeedback, storeFeedback, listFeedback } from './feedback.ts'

const database = await createTestDatabase<SafeguardTables>()
const admin = database.as().db
const desk = database.as('seloste_desk').db

const nothing = { kind: 'none', units: [], numbers: [] } as const
const inSessionOf = async (role: 'ADMINISTRATOR' | 'DECISION_MAKER') => {
  const person = await enterTestPerson(admin, desk, {
    name: role,
    right: { role, purposes: [], scope: { ...nothing, units: [], numbers: [] } },
  })
  return person.signIn()
}
const administrator = await inSessionOf('ADMINISTRATOR')
const somebodyElse = await inSessionOf('DECISION_MAKER')

describe('feedback', () => {
  test('is due in 14 days, and the list has unanswered feedback first, then by due day', async () => {
    const before = Temporal.Now.instant()
    const due = await storeFeedback(desk, { language: 'fi', message: 'Kontrasti on heikko.', email: 'a@b.example' })
    if (due === 'full') throw new Error('full')
    const days = due.since(before).total('days')
    expect(days).toBeGreaterThan(13.99)
    expect(days).toBeLessThan(14.01)
    await storeFeedback(desk, { language: 'sv', message: 'Sidan är svår att läsa.', place: 'PDF' })

    const [first] = await listed()
    if (!first) throw new Error('nothing')
    expect(await answerFeedback(desk, administrator, first.id, 'Korjattu.')).toBe('answered')
    expect((await listed()).map(({ message, place, email, answer }) => [message, place, email, answer?.text])).toEqual([
      ['Sidan är svår att läsa.', 'PDF', null, undefined],
      ['Kontrasti on heikko.', null, 'a@b.example', 'Korjattu.'],
    ])
  })

  test('is answered once, and the answer is logged', async () => {
    const [waiting] = await listed()
    if (!waiting) throw new Error('nothing')
    expect(await answerFeedback(desk, administrator, waiting.id, 'Tack.')).toBe('answered')
    expect(await answerFeedback(desk, administrator, waiting.id, 'En gång till.')).toBe('gone')
    const entries = await admin
      .selectFrom('audit_entry')
      .select(['person_id', 'role', 'result', 'detail'])
      .where('action', '=', 'feedback.answered')
      .where('object_id', '=', waiting.id)
      .execute()
    expect(entries).toEqual([{ person_id: administrator.personId, role: 'ADMINISTRATOR', result: 'ok', detail: {} }])
  })

  test('is read and answered by an administrator only, which the database enforces too', async () => {
    expect(await listFeedback(desk, somebodyElse)).toBe('deny.role')
    const [some] = await listed()
    expect(await answerFeedback(desk, somebodyElse, some?.id ?? '', 'x')).toBe('deny.role')
    const { rows } = await sql`select id from feedback`.execute(desk)
    expect(rows, 'without a session there is nothing').toEqual([])
    await expect(sql`select answer_feedback(${some?.id}::uuid, 'x')`.execute(desk)).rejects.toThrow('deny.role')
    await expect(sql`insert into feedback (message) values ('x')`.execute(desk)).rejects.toThrow('permission denied')
  })

  test('is deleted a year after its answer, and not before', async () => {
    const custodian = database.as('seloste_custodian').db
    expect(await deleteOldFeedback(custodian)).toBe(0)
    await sql`update feedback set answered_at = now() - interval '1 year 1 hour' where place = 'PDF'`.execute(admin)
    expect(await deleteOldFeedback(custodian)).toBe(1)
    expect((await listed()).map(({ message }) => message)).toEqual(['Kontrasti on heikko.'])
  })

  test('cannot fill the disk: more than a thousand unanswered are refused', async () => {
    await sql`insert into feedback (answer_due_at, language, message) select now(), 'en', 'x' from generate_series(1, 1000)`.execute(
      admin,
    )
    expect(await storeFeedback(desk, { language: 'en', message: 'one more' })).toBe('full')
  })
})

async function listed() {
  const all = await listFeedback(desk, administrator)
  if (all === 'deny.role') throw new Error(all)
  return all
}
