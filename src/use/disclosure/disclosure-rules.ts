import { sql, type Kysely } from 'kysely'
import type { TranscriptUse } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import type { RegisterTables } from '#register/tables.ts'

/**
 * Stores the description's rules on disclosures for the database's decisions, as the custodian.
 * @param transcripts the description's switch
 */
export async function storeDisclosureRules(
  db: Kysely<RegisterTables>,
  { research, authority, pseudonymised = false, returnWorkingDays, provisions }: RegisterDescription['disclosure'],
  transcripts: TranscriptUse = 'none',
): Promise<void> {
  const listed = JSON.stringify(
    provisions.map(({ id, names, validFrom, validTo }) => ({
      id,
      names,
      validFrom: validFrom.toString(),
      ...(validTo && { validTo: validTo.toString() }),
    })),
  )
  await sql`
    update disclosure_rules
    set research = ${research}, authority = ${authority}, pseudonymised = ${pseudonymised},
      return_working_days = ${returnWorkingDays}, provisions = ${listed}::jsonb,
      transcripts = ${transcripts}
    where (research, authority, pseudonymised, return_working_days, provisions, transcripts)
      is distinct from (${research}, ${authority}, ${pseudonymised}, ${returnWorkingDays}::integer, ${listed}::jsonb, ${transcripts})`.execute(
    db,
  )
}
