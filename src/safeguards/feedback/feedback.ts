/**
 * Accessibility feedback (L34): anybody can send a message; administrators list them and record the answer, which they send
 * themselves.
 */
import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { selectValue } from '#platform/database/select-value.ts'
import type { Language } from '#description/closed-lists.ts'
import { appendAudit } from '../audit/append.ts'
import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'

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

interface FeedbackTables {
  feedback: {
    id: string
    received_at: Temporal.Instant
    answer_due_at: Temporal.Instant
    language: Language
    message: string
    place: string | null
    email: string | null
    answered_at: Temporal.Instant | null
    answer: string | null
  }
}

/** Accepts a message and returns when the answer is due. `full` if too many wait for an answer. */
export async function storeFeedback(
  database: SafeguardsDatabase,
  feedback: GivenFeedback,
): Promise<Temporal.Instant | 'full'> {
  try {
    const { rows } = await sql<{ due: Temporal.Instant }>`
      select submit_feedback(${feedback.language}, ${feedback.message}, ${feedback.place ?? null}, ${feedback.email ?? null}) as due`.execute(
      database,
    )
    const [row] = rows
    if (!row) throw new Error('submit_feedback returned nothing')
    return row.due
  } catch (error) {
    if (refusalCodeOf(error) === 'feedback.full') return 'full'
    throw error
  }
}

/** Lists messages for an administrator: unanswered first, by due date. */
export async function listFeedback(database: SafeguardsDatabase, session: Session): Promise<Feedback[] | 'deny.role'> {
  const db = database as Kysely<FeedbackTables>
  return inSession(db, { 'seloste.session': session.token }, async (tx) => {
    if (!(await isAdministrator(tx))) {
      await appendAudit(tx, {
        action: 'request.refused',
        result: 'refused:deny.role',
        personId: session.personId,
        detail: { method: 'GET', operation: 'listFeedback' },
      })
      return 'deny.role'
    }
    const rows = await tx
      .selectFrom('feedback')
      .select(['id', 'received_at', 'answer_due_at', 'language', 'message', 'place', 'email', 'answered_at', 'answer'])
      .orderBy(sql`answered_at is not null`)
      .orderBy(sql`case when answered_at is null then answer_due_at end`)
      .orderBy('answered_at', 'desc')
      .limit(maxListed)
      .execute()
    return rows.map(({ answered_at: at, answer: text, ...row }) => ({
      id: row.id,
      receivedAt: row.received_at,
      answerDueAt: row.answer_due_at,
      language: row.language,
      message: row.message,
      place: row.place,
      email: row.email,
      ...(at && text !== null && { answer: { at, text } }),
    }))
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
    const { rows } = await sql<{
      is_answered: boolean
    }>`select answer_feedback(${id}::uuid, ${answer}) as is_answered`.execute(tx)
    if (!rows[0]?.is_answered) return 'gone'
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

/** Returns the refusal code raised by `refuse_if` with SQLSTATE SE001 (database/functions/access/acts.sql). */
function refusalCodeOf(error: unknown): string | undefined {
  const { code, message } = error as { code?: string; message?: string }
  return code === 'SE001' ? message : undefined
}
