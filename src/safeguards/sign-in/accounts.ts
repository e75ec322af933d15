import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { SecondFactorDemand } from './sign-in-tables.ts'

/** Stores the second factor that the description in force demands, for the database's decision at each sign-in. */
export async function storeSecondFactorDemand(database: SafeguardsDatabase, demand: SecondFactorDemand): Promise<void> {
  await safeguardsOf(database)
    .updateTable('sign_in_demand')
    .set({ second_factor: demand })
    .where('second_factor', '<>', demand)
    .execute()
}

/**
 * Ends sessions, rights, passwords and factors of people who have left (R20, R36).
 * @returns how many people
 */
export async function removeAccessOfLeavers(database: SafeguardsDatabase): Promise<number> {
  return selectValue(database, sql<number>`end_access_of_leavers()`)
}

/** Records the end of sessions that expired unused. @returns how many */
export async function endExpiredSessions(database: SafeguardsDatabase): Promise<number> {
  return selectValue(database, sql<number>`end_expired_sessions()`)
}

/** Deletes expired data of signing in: failures, links, notices, unused devices, unfinished enrolments. */
export async function deleteExpiredSignInData(database: SafeguardsDatabase): Promise<void> {
  await sql`select prune_sign_in_data(), prune_notices()`.execute(database)
}
