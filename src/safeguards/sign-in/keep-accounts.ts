import { sql } from 'kysely'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import type { SecondFactorDemand } from './sign-in-tables.ts'

/** Tells the database which second factor the description in force demands: it decides at each sign-in. */
export async function noteDemand(holding: HoldingSafeguards, demand: SecondFactorDemand): Promise<void> {
  await safeguardsOf(holding)
    .updateTable('sign_in_demand')
    .set({ second_factor: demand })
    .where('second_factor', '<>', demand)
    .execute()
}

/** Ends what those had who have left: sessions, rights, passwords, factors (R20, R36). @returns how many people it was */
export async function endLeavers(holding: HoldingSafeguards): Promise<number> {
  const { rows } = await sql<{ people: number }>`select end_leavers() as people`.execute(safeguardsOf(holding))
  return rows[0]?.people ?? 0
}

/** Removes what signing in leaves behind: failures, links and notices long over, devices nobody uses, unfinished enrolments. */
export async function forgetSignIns(holding: HoldingSafeguards): Promise<void> {
  await sql`select forget_sign_ins(), forget_notices()`.execute(safeguardsOf(holding))
}
