import { describePlace } from '#platform/config/places.ts'
import type { Settings } from '#platform/config/settings.ts'
import { openConnection, type DedicatedConnection } from '#platform/database/copy.ts'
import { readMovedAway, describeDatabase } from '#platform/database/moved-away.ts'
import { Fault } from '#platform/fault.ts'
import { emptyTarget, newLocationOf } from '#safeguards/moving/move-objects.ts'
import { targetFault, emptyDatabase } from '#safeguards/moving/target.ts'
import { openObjects } from '../roles/open-objects.ts'
import { originOf, type Target } from './move-target.ts'

/**
 * Empties the target of an interrupted move that will not be resumed, because it contains personal data. Deletes only what this
 * move has copied, and nothing if the register has moved there already.
 */
export async function giveUp(
  settings: Settings,
  target: Target,
  source: { url: string; connection: DedicatedConnection },
) {
  if (await readMovedAway(source.connection)) throw registerHasMoved()
  if (target.hasObjects) {
    if ((await newLocationOf(await openObjects(settings))) !== undefined) throw registerHasMoved()
    const [to, location] = [await openObjects(target.settings), describePlace({ at: target.settings.objects })]
    const objects = await emptyTarget({ to, origin: await originOf(source.url) }).catch((error: unknown) => {
      throw targetFault(error, location)
    })
    if (objects !== undefined) await to.abortUploads()
    print(location, objects === undefined ? undefined : `${objects} objects`)
  }
  if (target.database === undefined) return
  const location = describeDatabase(target.database)
  try {
    const connection = await openConnection(target.database, 'seloste-move')
    const tables = await emptyDatabase(connection).finally(() => connection.close())
    print(location, tables === undefined ? undefined : `${tables} tables`)
  } catch (error) {
    throw targetFault(error, location)
  }
}

function print(location: string, deleted: string | undefined): void {
  if (deleted === undefined) console.log(`${location}: no interrupted move; nothing was deleted`)
  else console.log(`${location} is empty again: deleted ${deleted}`)
}

function registerHasMoved(): Fault {
  return new Fault('move-target-not-empty', 'the register was already moved there: the move can no longer be given up')
}
