import type { Kysely } from 'kysely'
import { admit, type Admission, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'

/** How capture gives facts to the register, by the one door there is, and what became of them. */
export type AdmitFacts = (facts: SegmentFacts) => Promise<Admission>

/** The door, on a database in which this process signs in as capture. `node`: whose facts they are, where several may tell. */
export function admitTo(db: Kysely<RegisterTables>, node?: string): AdmitFacts {
  return (facts) => admit(db, facts, node)
}
