/**
 * Monthly review of views by maintenance and the security unit (AC24), signed off by the data protection officer with a note.
 */
import { sql } from 'kysely'
import type { Purpose } from '#description/purposes.ts'
import type { Role } from '#description/roles.ts'
import { termZone } from '#description/terms.ts'
import { databaseAnswer, returnRefusal } from '../access/database-request.ts'
import type { AuditAction } from '../audit/append.ts'
import { namePeople } from '../people/name-people.ts'
import { type Session, asViewer } from '../people/session.ts'
import type { SafeguardsDatabase } from '../tables.ts'
import { watchRefusals, type WatchRefusal } from './watch-refusals.ts'
import { reviewWithinDays } from './thresholds.ts'

export interface ReviewMonth {
  month: Temporal.PlainYearMonth
  looks: number
  listenings: number
  people: number
  state: 'going-on' | 'to-review' | 'overdue' | 'reviewed'
  /** When the review is due. */
  dueAt: Temporal.Instant
  review: { at: Temporal.Instant; by: string; note: string } | undefined
}

export interface ViewToReview {
  seq: number
  at: Temporal.Instant
  person: { id: string; name: string } | undefined
  role: Role
  action: AuditAction
  purpose: Purpose
  reference: string | null
  object: { kind: string; id: string } | null
  /** For a page of a search: the number of contacts. */
  contacts: number | null
  /** For a listening: milliseconds of audio served; null if the recording’s history has ended. */
  servedMs: number | null
}

/** Lists the months with views by maintenance or the security unit, newest first. */
export function listReviewMonths(
  database: SafeguardsDatabase,
  session: Session,
  now: Temporal.Instant,
): Promise<ReviewMonth[] | { refused: WatchRefusal }> {
  return returnRefusal(
    watchRefusals,
    asViewer(database, session, async (tx) => {
      const { rows } = await sql<MonthRow>`
        select month, looks::integer, listenings::integer, people::integer, reviewed_at as at, reviewed_by as by, note
        from review_months()`.execute(tx)
      const person = await namePeople(
        tx,
        rows.map(({ by }) => by),
      )
      return rows.map(({ at, by, note, ...row }) => {
        const month = row.month.toPlainYearMonth()
        const end = row.month.add({ months: 1 })
        const dueAt = startOf(end.add({ days: reviewWithinDays }))
        const isBefore = (instant: Temporal.Instant) => Temporal.Instant.compare(now, instant) < 0
        const review = at && by !== null && note !== null ? { at, by: person(by).name, note } : undefined
        const open = isBefore(startOf(end)) ? 'going-on' : isBefore(dueAt) ? 'to-review' : 'overdue'
        return { ...row, month, dueAt, state: review ? 'reviewed' : open, review }
      })
    }),
  )
}

interface MonthRow extends Pick<ReviewMonth, 'looks' | 'listenings' | 'people'> {
  month: Temporal.PlainDate
  at: Temporal.Instant | null
  by: string | null
  note: string | null
}

function startOf(day: Temporal.PlainDate): Temporal.Instant {
  return day.toZonedDateTime(termZone).toInstant()
}

/** Lists the views of a month, oldest first, from the log entry after number `after` on. Reading them is logged. */
export function listViewsToReview(
  database: SafeguardsDatabase,
  session: Session,
  { month, after, limit }: { month: Temporal.PlainYearMonth; after: number; limit: number },
): Promise<{ views: ViewToReview[]; next: number | undefined } | { refused: WatchRefusal }> {
  return returnRefusal(
    watchRefusals,
    asViewer(database, session, async (tx) => {
      const { rows } = await sql<ViewRow>`
        select seq::float8 as seq, at, person_id as "personId", role, action, purpose, reference, object_kind as "objectKind",
          object_id as "objectId", contacts, served_ms::float8 as "servedMs"
        from accesses_to_review(${month.toPlainDate({ day: 1 })}::date, ${after}, ${limit + 1})`.execute(tx)
      const shown = rows.slice(0, limit)
      const person = await namePeople(
        tx,
        shown.map(({ personId }) => personId),
      )
      return {
        views: shown.map(({ personId, objectKind: kind, objectId: id, ...view }) => ({
          ...view,
          person: person(personId),
          object: kind && id ? { kind, id } : null,
        })),
        next: rows.length > limit ? shown.at(-1)?.seq : undefined,
      }
    }),
  )
}

interface ViewRow extends Omit<ViewToReview, 'person' | 'object'> {
  personId: string | null
  objectKind: string | null
  objectId: string | null
}

/** Signs off a month that is over, if none of its views is the officer's own. The database logs it. */
export const signOffViews = databaseAnswer(
  (month: Temporal.PlainYearMonth, note: string) => ({
    statement: sql`select sign_off_accesses(${month.toPlainDate({ day: 1 })}::date, ${note})`,
    refusals: watchRefusals,
    action: 'looks.reviewed',
    object: { kind: 'log' },
    detail: { month: month.toString() },
  }),
  () => undefined,
)
