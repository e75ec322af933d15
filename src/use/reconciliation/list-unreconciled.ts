import { sql, type Kysely } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { returnRefusal } from '#safeguards/access/database-request.ts'
import { watchRefusals, type WatchRefusal } from '#safeguards/watch/watch-refusals.ts'
import { currentNames } from '#safeguards/people/name-people.ts'
import type { Period } from './read-reconciliation.ts'

type Instant = Temporal.Instant

/** Calls that should have been recorded and were not; recordings whose call no feed reports. */
export type UnreconciledKind = 'unrecorded' | 'untold'

export interface UnreconciledFilter extends Period {
  kind: UnreconciledKind
  number?: PhoneNumberKey | undefined
  feed?: string | undefined
  /** Reason, from capture or admission; `unknown` if neither has one. */
  why?: string | undefined
}

export interface Unreconciled {
  segmentId: string
  contactId: string
  startedAt: Instant
  answeredAt: Instant
  endedAt: Instant | null
  number: string
  numberName: { fi: string; sv: string; en: string } | null
  feed: string
  /** When a feed reported the call, or should have reported it. */
  at: Instant
  why: string | null
  /** True if recording clients reported other calls at that time. */
  others: boolean
  explained: { at: Instant; by: string; note: string } | undefined
}

export interface UnreconciledCursor {
  startedAt: Instant
  id: string
}

type Row = Omit<Unreconciled, 'explained'> & {
  explainedAt: Instant | null
  explainedBy: string | null
  note: string | null
}

/** Returns a page, newest first; the view is logged (R21). */
export function listUnreconciled(
  db: Kysely<RegisterTables>,
  session: Session,
  filter: UnreconciledFilter & { isExplained?: boolean | undefined },
  { before, limit }: { before?: UnreconciledCursor | undefined; limit: number },
): Promise<{ items: Unreconciled[]; next?: UnreconciledCursor } | { refused: WatchRefusal }> {
  const { kind, from, to, number, feed, why, isExplained } = filter
  return returnRefusal(
    watchRefusals,
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      const { rows } = await sql<Row>`
        select segment_id as "segmentId", contact_id as "contactId", started_at as "startedAt", answered_at as "answeredAt",
          ended_at as "endedAt", number_reached as number, number_name as "numberName", feed, at, failure as why, others,
          explained_at as "explainedAt", explained_by as "explainedBy", note
        from list_unreconciled(${kind}, ${from}::timestamptz, ${to}::timestamptz, ${number ?? null}::text, ${feed ?? null}::text,
          ${why ?? null}::text, ${isExplained ?? null}::boolean, ${before?.startedAt ?? null}::timestamptz,
          ${before?.id ?? null}::uuid, ${limit + 1})`.execute(tx)
      const page = rows.slice(0, limit)
      const names = await currentNames(
        tx,
        page.flatMap(({ explainedBy }) => (explainedBy === null ? [] : [explainedBy])),
      )
      const last = page.at(-1)
      return {
        items: page.map(({ explainedAt: at, explainedBy: by, note, ...item }) => ({
          ...item,
          explained: at && by !== null && note !== null ? { at, by: names.get(by) ?? by, note } : undefined,
        })),
        ...(rows.length > limit && last && { next: { startedAt: last.startedAt, id: last.segmentId } }),
      }
    }),
  )
}

/**
 * Records an explanation for segments, or for everything that matches the filter and existed at `readAt`. If nothing is left
 * to explain, closes the alarm with the same note.
 * @returns `reconciliation.nothing` if somebody has explained the segments, or they were matched, meanwhile
 */
export async function explainUnreconciled(
  db: Kysely<RegisterTables>,
  session: Session,
  filter: UnreconciledFilter & { segments?: readonly string[] | undefined },
  { readAt, note }: { readAt: Instant; note: string },
): Promise<{ explained: number; alarmClosed: boolean } | { refused: WatchRefusal }> {
  const { kind, from, to, number, feed, why, segments } = filter
  return returnRefusal(
    watchRefusals,
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      const { rows } = await sql<{ explained: number; alarmClosed: boolean }>`
        select explained, alarm_closed as "alarmClosed" from explain_unreconciled(${kind}, ${segments ?? null}::uuid[],
          ${from}::timestamptz, ${to}::timestamptz, ${number ?? null}::text, ${feed ?? null}::text, ${why ?? null}::text,
          ${readAt}::timestamptz, ${note})`.execute(tx)
      return rows[0]!
    }),
  )
}
