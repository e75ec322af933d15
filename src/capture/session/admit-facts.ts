import type { Kysely } from 'kysely'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'

/** How capture gives facts to the register, by the one door there is. */
export type AdmitFacts = (facts: SegmentFacts) => Promise<unknown>

/** The door, on a database in which this process signs in as capture. */
export function admitTo(db: Kysely<RegisterTables>): AdmitFacts {
  return (facts) => admit(db, facts)
}
