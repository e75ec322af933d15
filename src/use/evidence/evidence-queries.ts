import { sql, type QueryExecutorProvider, type RawBuilder } from 'kysely'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'

/** Returns the single row of a statement without grouping. */
export async function queryOne<Row>(db: QueryExecutorProvider, statement: RawBuilder<Row>): Promise<Row> {
  const { rows } = await statement.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('a statement that must return one row returned none')
  return row
}

/** Returns an instant plus a calendar term, in Europe/Helsinki time (terms.ts does the same without a database). */
export function monthsAfter(column: string, months: number) {
  const at = sql.ref(column)
  return sql<Temporal.Instant>`((${at} at time zone 'Europe/Helsinki') + ${sql.lit(`${months} months`)}::interval) at time zone 'Europe/Helsinki'`
}

/**
 * Returns a condition for recordings that count in public figures. Excludes recordings that are past their day but not
 * destroyed yet: the difference between counts with and without them would reveal the number of preservation orders.
 */
export function countsPublicly(now: Temporal.Instant | RawBuilder<unknown>) {
  return sql<boolean>`(recording.state = 'DESTROYED' or coalesce(recording.destroy_at > ${now}, true))`
}

/** Returns each version with the interval in which it is in force; the first one also covers everything before it. */
export function intervalsOf(versions: readonly DescriptionVersion[]) {
  const inOrder = [...versions].sort((a, b) => Temporal.Instant.compare(a.effectiveFrom, b.effectiveFrom))
  return inOrder.map((version, index) => ({
    version,
    since: index === 0 ? null : version.effectiveFrom.toString(),
    until: inOrder[index + 1]?.effectiveFrom.toString() ?? null,
  }))
}

/** Returns true if a sweep ran after an instant. A time further in the future than clocks may differ proves nothing. */
export function isSwept(at: Temporal.Instant | null, from: Temporal.Instant, now: Temporal.Instant): boolean {
  const { compare } = Temporal.Instant
  return at !== null && compare(at, from) > 0 && compare(at, now.add({ minutes: 5 })) < 0
}
