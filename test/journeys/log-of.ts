// Reads the audit log of a running Seloste, oldest entries first, for journeys that check how an act is logged. Never
// changes the log.
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { withOwnDatabase } from './past-calls.ts'

export interface LoggedEntry {
  action: string
  result: string
  purpose: string | null
  reference: string | null
  objectId: string | null
}

/** Returns the entries of one person, by user id, since an instant. */
export function logOf(seloste: RunningSeloste, userId: string, start: Temporal.Instant): Promise<LoggedEntry[]> {
  return withOwnDatabase(seloste, async (db) => {
    const rows = await db
      .selectFrom('audit_entry')
      .innerJoin('person', 'person.id', 'audit_entry.person_id')
      .select(['action', 'result', 'purpose', 'reference', 'object_id'])
      .where('user_id', '=', userId)
      .where('at', '>=', start)
      .orderBy('seq')
      .execute()
    return rows.map(({ object_id, ...entry }) => ({ ...entry, objectId: object_id }))
  })
}
