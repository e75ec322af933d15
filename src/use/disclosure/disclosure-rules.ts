/**
 * What leaves the controller (R27-R35). In: the description in force, sessions of those who prepare, check, decide. Out:
 * anonymised copies for a while, or what a statute gives an authority. Never here: a file of sound that is not encrypted, a
 * disclosure that nobody decided.
 */
import { sql, type Kysely } from 'kysely'
import type { RegisterDescription } from '#description/register-description.ts'
import type { RegisterTables } from '#register/tables.ts'

/** Keeps what the description says of disclosures where the database decides on them; the custodian's work. */
export async function noteDisclosureRules(
  db: Kysely<RegisterTables>,
  { research, authority, provisions, ...rest }: RegisterDescription['disclosure'] & { pseudonymised?: boolean },
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
    set research = ${research}, authority = ${authority}, pseudonymised = ${rest.pseudonymised ?? false}, provisions = ${listed}::jsonb
    where (research, authority, pseudonymised, provisions)
      is distinct from (${research}, ${authority}, ${rest.pseudonymised ?? false}, ${listed}::jsonb)`.execute(db)
}
