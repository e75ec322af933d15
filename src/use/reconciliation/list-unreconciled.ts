import { sql, type Kysely } from 'kysely'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { currentNames } from '#safeguards/people/current-names.ts'
import type { Session } from '#safeguards/people/session.ts'
import { asRefused } from '#safeguards/access/ask-of-database.ts'
import { watchRefusals, type WatchRefusal } from '#safeguards/watch/watch-refusals.ts'
import type { Period } from './read-reconciliation.ts'

type Instant = Temporal.Instant

/** Calls that were to be recorded and were not; recordings whose call no feed tells of. */
export type UnreconciledKind = 'unrecorded' | 'untold'

export interface UnreconciledFilter extends Period {
  kind: UnreconciledKind
  number?: PhoneNumberKey | undefined
  feed?: string | undefined
  /** Why it is not recorded, as capture or admission has it; `unknown` where neither does. */
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
  /** A feed told of it; or was to have told of it by then. */
  at: Instant
  why: string | null
  /** Recording clients told of other calls at that time. */
  others: boolean
  explained: { at: Instant; by: string; note: string } | undefined
}

export interface Place {
  startedAt: Instant
  id: string
}

type Row = Omit<Unreconciled, 'explained'> & {
  explainedAt: Instant | null
  explainedBy: string | null
  note: string | null
}

/** A page, the newest first; that it was read is in the log (R21). */
export function listUnreconciled(
  db: Kysely<RegisterTables>,
  session: Session,
  filter: UnreconciledFilter & { isExplained?: boolean | undefined },
  { before, limit }: { before?: Place | undefined; limit: number },
): Promise<{ items: Unreconciled[]; next?: Place } | { refused: WatchRefusal }> {
  const { kind, from, to, number, feed, why, isExplained } = filter
  return asRefused(
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
 * Says what was found out: of segments, or of all that the filter shows and that were there at `readAt`. With the last of them
 * the alarm is closed under the same note.
 * @returns `reconciliation.nothing` where somebody has explained them meanwhile, or they have met
 */
export async function explainUnreconciled(
  db: Kysely<RegisterTables>,
  session: Session,
  filter: UnreconciledFilter & { segments?: readonly string[] | undefined },
  { readAt, note }: { readAt: Instant; note: string },
): Promise<{ explained: number; alarmClosed: boolean } | { refused: WatchRefusal }> {
  const { kind, from, to, number, feed, why, segments } = filter
  return asRefused(
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
