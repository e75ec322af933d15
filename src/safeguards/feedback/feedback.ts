/**
 * Accessibility feedback (L34): anybody can send a message; administrators list them and record the answer, which they send
 * themselves.
 */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { Language } from '#description/closed-lists.ts'
import { appendAudit } from '../audit/append.ts'
import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { returnRefusal } from '../access/database-request.ts'

export interface GivenFeedback {
  language: Language
  message: string
  /** The page or place concerned, in the writer's words. */
  place?: string | undefined
  /** Address for the answer; optional. */
  email?: string | undefined
}

export interface Feedback {
  id: string
  receivedAt: Temporal.Instant
  answerDueAt: Temporal.Instant
  language: Language
  message: string
  place: string | null
  email: string | null
  answer?: { at: Temporal.Instant; text: string }
}

/** Longest texts, in characters; the database has the same limits (database/functions/feedback/feedback.sql). */
export const longest = { message: 4000, place: 300, email: 254, answer: 4000 }

/** Accepts a message and returns when the answer is due. `full` if too many wait for an answer. */
export async function storeFeedback(
  database: SafeguardsDatabase,
  feedback: GivenFeedback,
): Promise<Temporal.Instant | 'full'> {
  const { language, message, place = null, email = null } = feedback
  const submitting = selectValue(
    database,
    sql<Temporal.Instant>`submit_feedback(${language}, ${message}, ${place}, ${email})`,
  )
  const due = await returnRefusal(['feedback.full'], submitting)
  return 'refused' in due ? 'full' : due
}

/** Lists messages for an administrator: unanswered first, by due date. */
export async function listFeedback(database: SafeguardsDatabase, session: Session): Promise<Feedback[] | 'deny.role'> {
  return asViewer(database, session, async (tx) => {
    if (!(await isAdministrator(tx))) {
      await appendAudit(tx, {
        action: 'request.refused',
        result: 'refused:deny.role',
        personId: session.personId,
        detail: { method: 'GET', operation: 'listFeedback' },
      })
      return 'deny.role'
    }
    const { rows } = await sql<Omit<Feedback, 'answer'> & { at: Temporal.Instant | null; text: string | null }>`
      select id, received_at as "receivedAt", answer_due_at as "answerDueAt", language, message, place, email,
        answered_at as at, answer as text
      from feedback
      order by answered_at is not null, case when answered_at is null then answer_due_at end, answered_at desc
      limit ${maxListed}`.execute(tx)
    return rows.map(({ at, text, ...row }) => ({ ...row, ...(at && text !== null && { answer: { at, text } }) }))
  })
}

const maxListed = 2000

/** Records the answer (R21); `gone` if there is no such message, or it is answered. */
export async function answerFeedback(
  database: SafeguardsDatabase,
  session: Session,
  id: string,
  answer: string,
): Promise<'answered' | 'deny.role' | 'gone'> {
  return asViewer(database, session, async (tx) => {
    const trace = { action: 'feedback.answered', personId: session.personId, object: { kind: 'feedback', id } } as const
    if (!(await isAdministrator(tx))) {
      await appendAudit(tx, { ...trace, result: 'refused:deny.role' })
      return 'deny.role'
    }
    if (!(await selectValue(tx, sql<boolean>`answer_feedback(${id}::uuid, ${answer})`))) return 'gone'
    await appendAudit(tx, { ...trace, role: 'ADMINISTRATOR', result: 'ok' })
    return 'answered'
  })
}

/** Deletes messages answered over a year ago; returns how many. */
export async function deleteOldFeedback(database: SafeguardsDatabase): Promise<number> {
  const { numAffectedRows } = await sql`delete from feedback where answered_at < now() - interval '1 year'`.execute(
    database,
  )
  return Number(numAffectedRows ?? 0)
}

async function isAdministrator(tx: SafeguardsDatabase): Promise<boolean> {
  return selectValue(tx, sql<boolean>`viewer_is('ADMINISTRATOR')`)
}
