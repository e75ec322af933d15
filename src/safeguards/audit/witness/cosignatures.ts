/** Cosignatures as the database keeps them. */
import { sql } from 'kysely'
import { safeguardsOf, type HoldingSafeguards } from '../../tables.ts'

/** The newest cosignature of each witness: of which size, and when it was received. */
export async function newestCosignatures(
  holding: HoldingSafeguards,
): Promise<{ witness: string; size: number; receivedAt: Temporal.Instant }[]> {
  const { rows } = await sql<{ witness: string; size: number; receivedAt: Temporal.Instant }>`
    select distinct on (witness) witness, size, received_at as "receivedAt"
    from audit_cosignature order by witness, size desc`.execute(safeguardsOf(holding))
  return rows
}

export async function storeCosignature(
  holding: HoldingSafeguards,
  cosignature: { size: number; witness: string; line: string },
): Promise<void> {
  await safeguardsOf(holding)
    .insertInto('audit_cosignature')
    .values(cosignature)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** A stored checkpoint's note with the cosignatures it has. */
export async function withCosignatures(
  holding: HoldingSafeguards,
  { size, note }: { size: number; note: string },
): Promise<string> {
  const rows = await safeguardsOf(holding)
    .selectFrom('audit_cosignature')
    .select('line')
    .where('size', '=', size)
    .orderBy('witness')
    .execute()
  return note + rows.map(({ line }) => `${line}\n`).join('')
}
