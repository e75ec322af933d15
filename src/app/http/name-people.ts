import { currentNames } from '#safeguards/people/current-names.ts'
import type { Desk } from './desk.ts'

interface Named {
  id: string
  name: string
}

/** A person by id and by the name that they have now; of nobody nothing. */
export interface PersonOf {
  (id: string): Named
  (id: string | null | undefined): Named | undefined
}

/** Reads the names of everybody whom an answer names. */
export async function namePeople(desk: Desk, ids: readonly (string | null | undefined)[]): Promise<PersonOf> {
  const names = await currentNames(
    desk.db,
    ids.filter((id) => typeof id === 'string'),
  )
  return ((id) => (typeof id === 'string' ? { id, name: names.get(id) ?? id } : undefined)) as PersonOf
}
