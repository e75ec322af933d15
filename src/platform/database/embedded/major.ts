// Reads a cluster's major version from its folder.
import { join } from 'node:path'
import { readIfExists } from './cluster-paths.ts'

/** Below a cluster's folder: the upgraded cluster until it is complete. */
export const upgradeFolder = 'upgrade'

/** Returns a cluster's major version; undefined if there is no cluster. */
export async function majorOf(cluster: string): Promise<number | undefined> {
  const text = await readIfExists(join(cluster, 'PG_VERSION'))
  return text === undefined ? undefined : Number(text.trim().split('.')[0])
}
