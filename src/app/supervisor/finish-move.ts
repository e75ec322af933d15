import { describePlace } from '#platform/config/places.ts'
import { readSettings, type Settings } from '#platform/config/settings.ts'
import { describeDatabase } from '#platform/database/moved-away.ts'
import { finishMove } from '#safeguards/moving/move-database.ts'
import { finishObjects, newLocationOf, refuseMovedObjects } from '#safeguards/moving/move-objects.ts'
import type { Environment } from '../capture/pause-register.ts'
import { openObjects } from '../roles/open-objects.ts'

/** State of a move that may have been interrupted after its commit point. */
export interface InterruptedMove {
  /** True if the register has moved to the location in the move's settings. */
  moved: boolean
  /** True if this call completed steps that the interrupted move had left. */
  isCompleted: boolean
}

/**
 * Completes an interrupted move if it has passed its commit point: the mark in the old database, or in the old store if only the
 * store moves.
 * @param from old location: URL of the database's owner, and the store
 * @param environment settings of the move
 * @throws Fault `database-moved`, `objects-moved` if the register has moved to another location
 */
export async function completeInterruptedMove(
  from: { databaseUrl: string; objects: Settings['objects'] },
  environment: Environment,
): Promise<InterruptedMove> {
  const notMoved = { moved: false, isCompleted: false }
  const [to, hasObjects] = [environment['DATABASE_URL'], environment['OBJECTS_URL'] !== undefined]
  if (to !== undefined && !(await finishMove(from.databaseUrl, to, describeDatabase(to)))) return notMoved
  if (!hasObjects) return { moved: true, isCompleted: false }
  const { objects } = readSettings({ ...process.env, ...environment }, process.cwd())
  const [old, next] = [await openObjects(from), await openObjects({ objects })]
  const [movedTo, place] = [await newLocationOf(old), describePlace({ at: objects })]
  if (to === undefined && movedTo === undefined) return notMoved
  if (movedTo !== undefined && movedTo !== place) await refuseMovedObjects(old)
  return { moved: true, isCompleted: await finishObjects({ from: old, to: next, location: place }) }
}
