import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import type { RegisterTables } from '#register/tables.ts'
import { returnRefusal } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'

export interface DueQuery {
  from: Temporal.Instant
  to: Temporal.Instant
  /** In Europe/Helsinki. */
  by: 'day' | 'month'
  number?: PhoneNumberKey | undefined
}

export interface Due {
  begins: Temporal.Instant
  ends: Temporal.Instant
  recordings: number
  contacts: number
}

const maxDays = 458

/** Returns true if the interval is empty or longer than 15 months. */
export function isInvalidInterval({ from, to }: DueQuery): boolean {
  const hours = to.since(from).total('hours')
  return hours <= 0 || hours > maxDays * 24 + 1
}

/**
 * Counts by whole day or month how many recordings and contacts end (R22, R24). In multiples of five, because exact counts of
 * a number would reveal how many calls an official had. The database logs the read.
 */
export function readDue(
  db: Kysely<RegisterTables>,
  session: Session,
  { from, to, by, number }: DueQuery,
): Promise<Due[] | { refused: 'deny.role' }> {
  return returnRefusal(
    ['deny.role'],
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      const { rows } = await sql<Due>`
        select begins, ends, recordings::float8 as recordings, contacts::float8 as contacts
        from retention_due(${from}::timestamptz, ${to}::timestamptz, ${by}, ${number ?? null}::text)`.execute(tx)
      return rows
    }),
  )
}
