import { describePlace } from '#platform/config/places.ts'
import { readSettings, type Settings } from '#platform/config/settings.ts'
import { describeDatabase } from '#platform/database/moved-away.ts'
import { finishMove } from '#safeguards/moving/move-database.ts'
import { finishObjects, hasMovedAway, refuseMovedObjects } from '#safeguards/moving/move-objects.ts'
import type { Environment } from '../capture/pause-register.ts'
import { openObjects } from '../roles/open-objects.ts'

/** State of a move that may have been interrupted after its commit point. */
export interface MoveEnded {
  /** The register has moved to the place in the move's settings. */
  left: boolean
  /** Something was left to do and is done. */
  wasCutShort: boolean
}

/**
 * Completes a move after its commit point: the database's mark, or the store's if only the store moves.
 * @param from before the move; the database's by the URL of its owner
 * @param environment settings of the move
 * @throws Fault `database-moved`, `objects-moved` if it has moved elsewhere
 */
export async function endMove(
  from: { databaseUrl: string; objects: Settings['objects'] },
  environment: Environment,
): Promise<MoveEnded> {
  const stays = { left: false, wasCutShort: false }
  const [to, hasObjects] = [environment['DATABASE_URL'], environment['OBJECTS_URL'] !== undefined]
  if (to !== undefined && !(await finishMove(from.databaseUrl, to, describeDatabase(to)))) return stays
  if (!hasObjects) return { left: true, wasCutShort: false }
  const { objects } = readSettings({ ...process.env, ...environment }, process.cwd())
  const [old, next] = [await openObjects(from), await openObjects({ objects })]
  const [leftFor, place] = [await hasMovedAway(old), describePlace({ at: objects })]
  if (to === undefined && leftFor === undefined) return stays
  if (leftFor !== undefined && leftFor !== place) await refuseMovedObjects(old)
  return { left: true, wasCutShort: await finishObjects({ from: old, to: next, location: place }) }
}
