// Which major version of PostgreSQL has made a cluster.
// In: its folder. Out: the number in it. Never: a guess from anything else.
import { join } from 'node:path'
import { readIfThere } from './place.ts'

/** Below the place of a cluster: the one of a later version, until it has everything. */
export const upgradeFolder = 'upgrade'

/** Nothing where there is no cluster. */
export async function majorOf(cluster: string): Promise<number | undefined> {
  const text = await readIfThere(join(cluster, 'PG_VERSION'))
  return text === undefined ? undefined : Number(text.trim().split('.')[0])
}
