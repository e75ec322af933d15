/** Units of the organisation. */
import { randomUUID } from 'node:crypto'
import { safeguardsOf, type SafeguardsDatabase, type Tx } from '../tables.ts'

export interface Unit {
  id: string
  name: string
}

/** Lists every unit, by name. */
export async function listUnits(database: SafeguardsDatabase): Promise<Unit[]> {
  return safeguardsOf(database).selectFrom('unit').select(['id', 'name']).orderBy('name').execute()
}

/** Returns every unit's name, by id. */
export async function unitNames(database: SafeguardsDatabase): Promise<Map<string, string>> {
  return new Map((await listUnits(database)).map(({ id, name }) => [id, name]))
}

/** Enters a unit, or finds it by its name. */
export async function enterUnit(database: SafeguardsDatabase, name: string): Promise<string> {
  const db = safeguardsOf(database)
  await db
    .insertInto('unit')
    .values({ id: randomUUID(), name })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  const { id } = await db.selectFrom('unit').select('id').where('name', '=', name).executeTakeFirstOrThrow()
  return id
}

/** Returns ids of units by name; `missing` ones do not exist yet and have the ids they would get. */
export async function findUnits(
  tx: Tx,
  names: Iterable<string>,
): Promise<{ idOf: ReadonlyMap<string, string>; missing: Unit[] }> {
  const known = await listUnits(tx)
  const idOf = new Map(known.map(({ id, name }) => [name, id]))
  const missing = [...new Set(names)].filter((name) => !idOf.has(name)).map((name) => ({ id: randomUUID(), name }))
  for (const { id, name } of missing) idOf.set(name, id)
  return { idOf, missing }
}
