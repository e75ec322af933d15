import type { Kysely } from 'kysely'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import type { EvidenceTables } from './tables.ts'

/** Records that a periodic job has run (R22, R24), for the checks. */
export async function recordWorkDone(database: SafeguardsDatabase, work: 'sweep', at: Temporal.Instant): Promise<void> {
  await (database as Kysely<EvidenceTables>)
    .insertInto('work_done')
    .values({ work, at })
    .onConflict((conflict) => conflict.column('work').doUpdateSet({ at }))
    .execute()
}
