import { sql } from 'kysely'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'

/** Returns present, or last, names by id. */
export async function currentNames(database: SafeguardsDatabase, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await safeguardsOf(database)
    .selectFrom('person_name')
    .distinctOn('person_id')
    .select(['person_id', 'name'])
    .where('person_id', 'in', [...new Set(ids)])
    .where('valid_from', '<=', sql<Temporal.Instant>`now()`)
    .orderBy('person_id')
    .orderBy('valid_from', 'desc')
    .execute()
  return new Map(rows.map(({ person_id, name }) => [person_id, name]))
}
