import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { DescriptionVersion } from './versions.ts'

/**
 * Logs each version that has come into force once, with its hash (R1). The database accepts none before its instant.
 * @returns the versions logged now, oldest first
 */
export async function recordEffect(
  database: SafeguardsDatabase,
  versions: readonly DescriptionVersion[],
  now: Temporal.Instant,
): Promise<DescriptionVersion[]> {
  const db = safeguardsOf(database)
  const { newest } = await db
    .selectFrom('version_effect')
    .select(({ fn }) => fn.max('version').as('newest'))
    .executeTakeFirstOrThrow()
  const begun = versions.filter(
    ({ version, effectiveFrom }) => version > (newest ?? 0) && Temporal.Instant.compare(effectiveFrom, now) <= 0,
  )
  const recorded: DescriptionVersion[] = []
  for (const version of begun) {
    await db.transaction().execute(async (tx) => {
      const entered = await tx
        .insertInto('version_effect')
        .values({ version: version.version })
        .onConflict((conflict) => conflict.doNothing())
        .returning(sql`1`.as('entered'))
        .executeTakeFirst()
      if (!entered) return
      await appendAudit(tx, {
        action: 'description.took-effect',
        result: 'ok',
        object: { kind: 'description' },
        detail: {
          version: version.version,
          hash: version.hash,
          effectiveFrom: version.effectiveFrom.toString(),
        },
      })
      recorded.push(version)
    })
  }
  return recorded
}
