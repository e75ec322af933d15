import type { RegisterDescription } from '#description/register-description.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'

/**
 * Stores the numbers of each version in the database (R7): a right to numbers covers only those in the registry in force.
 * Known versions are skipped.
 */
export async function storeNumbers(
  database: SafeguardsDatabase,
  versions: readonly { version: number; description: Pick<RegisterDescription, 'numbers'> }[],
): Promise<void> {
  const rows = versions.flatMap(({ version, description }) =>
    [...new Set(description.numbers.map(({ key }) => key))].map((number) => ({ version, number })),
  )
  if (rows.length === 0) return
  await safeguardsOf(database)
    .insertInto('described_number')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
