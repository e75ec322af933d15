import type { Kysely } from 'kysely'
import { admit, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'

/** Admits a segment of a past call (R9). */
export function admitPastCall(db: Kysely<RegisterTables>, segment: SegmentFacts): Promise<{ contactId: string }> {
  return admit(db, segment)
}
