import { join } from 'node:path'
import type { Settings } from '#platform/config/settings.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { findEmbeddedPostgres } from '#platform/database/embedded.ts'
import { assertUsable } from '#platform/database/quarantine.ts'
import { Fault } from '#platform/fault.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Kysely } from 'kysely'

/**
 * Runs work as the owner of a running Seloste's database.
 * @throws Fault `database-not-running` if none runs; DatabaseFault `database-quarantined` during a restore, `database-moved` if
 * the register was moved away
 */
export async function withRunningDatabase<Result>(
  settings: Settings,
  purpose: string,
  work: (db: Kysely<RegisterTables>) => Promise<Result>,
  /** Timeouts for a hanging database; default of connectDatabase. */
  answerMs?: number,
): Promise<Result> {
  const url = await databaseUrlOf(settings)
  const { db, pool, close } = connectDatabase<RegisterTables>({
    url,
    applicationName: `seloste-${purpose}`,
    // Callers may hold one connection and need more.
    size: 5,
    ...(answerMs !== undefined && { answerMs }),
    onIdleError: () => undefined,
  })
  try {
    await assertUsable({ query: async <Row extends object>(text: string) => (await pool.query<Row>(text)).rows })
    return await work(db)
  } finally {
    await close()
  }
}

/**
 * Returns the owner's URL of a running Seloste's database.
 * @throws Fault `database-not-running`
 */
export async function databaseUrlOf(settings: Settings): Promise<string> {
  const url = settings.databaseUrl ?? (await findEmbeddedPostgres(join(settings.dataDirectory, 'database')))?.adminUrl()
  if (url !== undefined) return url
  throw new Fault(
    'database-not-running',
    `no Seloste runs on ${settings.dataDirectory}; start it first, or set DATABASE_URL`,
  )
}
