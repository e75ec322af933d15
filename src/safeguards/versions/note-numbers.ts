import type { RegisterDescription } from '#description/register-description.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'

/**
 * Lets the database know which numbers each version names (R7): a right to numbers reaches none that the registry in force
 * does not know. Versions that it knows already are left alone.
 */
export async function noteNumbers(
  holding: HoldingSafeguards,
  versions: readonly { version: number; description: Pick<RegisterDescription, 'numbers'> }[],
): Promise<void> {
  const rows = versions.flatMap(({ version, description }) =>
    [...new Set(description.numbers.map(({ key }) => key))].map((number) => ({ version, number })),
  )
  if (rows.length === 0) return
  await safeguardsOf(holding)
    .insertInto('described_number')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
