import { sql, type QueryExecutorProvider, type RawBuilder } from 'kysely'
import type { DescriptionVersion } from '#safeguards/versions/versions.ts'

/** The one row that a statement without a group has. */
export async function askOne<Row>(db: QueryExecutorProvider, statement: RawBuilder<Row>): Promise<Row> {
  const { rows } = await statement.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('a statement that counts gave no row')
  return row
}

/** A calendar term counted from an instant, by the clock of Europe/Helsinki (terms.ts does the same without a database). */
export function monthsAfter(column: string, months: number) {
  const at = sql.ref(column)
  return sql<Temporal.Instant>`((${at} at time zone 'Europe/Helsinki') + ${sql.lit(`${months} months`)}::interval) at time zone 'Europe/Helsinki'`
}

/**
 * Of `recording`: the rows that public counts are of. What is past its day and not destroyed yet is in none of them: two
 * counts that differ by it would tell how many preservation orders there are.
 */
export function countsPublicly(now: Temporal.Instant) {
  return sql<boolean>`(recording.state = 'DESTROYED' or coalesce(recording.destroy_at > ${now}, true))`
}

/** Each version with the interval in which it is in force; the first one for everything before it, too. */
export function intervalsOf(versions: readonly DescriptionVersion[]) {
  const inOrder = [...versions].sort((a, b) => Temporal.Instant.compare(a.effectiveFrom, b.effectiveFrom))
  return inOrder.map((version, place) => ({
    version,
    since: place === 0 ? null : version.effectiveFrom.toString(),
    until: inOrder[place + 1]?.effectiveFrom.toString() ?? null,
  }))
}

/** Whether a sweep came after an instant. One dated further ahead than clocks lie apart proves nothing. */
export function isSwept(at: Temporal.Instant | null, since: Temporal.Instant, now: Temporal.Instant): boolean {
  const { compare } = Temporal.Instant
  return at !== null && compare(at, since) > 0 && compare(at, now.add({ minutes: 5 })) < 0
}
