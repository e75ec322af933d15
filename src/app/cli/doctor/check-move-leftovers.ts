import { describePlace } from '#platform/config/places.ts'
import type { Settings } from '#platform/config/settings.ts'
import { readLeftovers } from '../move-leftovers.ts'
import { error, warning, type Finding } from './finding.ts'

/** Greatest age of a backup (storage.backupDays of the description). */
const maxDays = 30

/**
 * Warns of data left by a move: they contain the whole register as it was then, and later destructions do not include them (R52).
 * Returns no finding if there are none.
 */
export async function checkMoveLeftovers(
  settings: Pick<Settings, 'dataDirectory' | 'databaseUrl' | 'objects'>,
  now: Temporal.Instant,
): Promise<Finding[]> {
  const left = await readLeftovers(settings.dataDirectory)
  if (!left) return []
  // After a move that was interrupted before its commit point, the recorded store is the one in use: not left behind.
  const used = describePlace({ at: settings.objects })
  const stores = (left.objects ?? []).filter((at) => describePlace({ at }) !== used)
  const isDatabaseLeft = left.database !== undefined && settings.databaseUrl !== undefined
  if (!isDatabaseLeft && left.cluster === undefined && stores.length === 0) return []
  const days = Math.floor(now.since(Temporal.Instant.from(left.movedAt)).total('days'))
  const says = `data left by a move ${days} days ago are still here: personal data that nothing destroys`
  const remedy =
    'check that the register works at its new location, then run "seloste move --destroy-old" (docs/operate/moving.md)'
  return [(days > maxDays ? error : warning)('moved', says, remedy)]
}
