import type { SafeguardsDatabase } from '../tables.ts'
import { currentNames } from './current-names.ts'

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
