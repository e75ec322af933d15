import { sql } from 'kysely'
import { type SafeguardsDatabase, safeguardsOf } from '../tables.ts'

export interface NamedPerson {
  id: string
  name: string
}

/** Returns a person's id and current name. */
export interface PersonOf {
  (id: string): NamedPerson
  (id: string | null | undefined): NamedPerson | undefined
}

/** Reads the names of all persons in an answer. */
export async function namePeople(
  database: SafeguardsDatabase,
  ids: readonly (string | null | undefined)[],
): Promise<PersonOf> {
  const known = ids.filter((id) => typeof id === 'string')
  const names = await currentNames(database, [...new Set(known)])
  return ((id) => (typeof id === 'string' ? { id, name: names.get(id) ?? id } : undefined)) as PersonOf
}

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
