import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { recordingsWithWrongObjects } from '#register/verify/findings.ts'
import { verifyRecordings } from '#register/verify/verify-recordings.ts'
import { objectsOf, readObjectCopy } from '#safeguards/backup/list-backups.ts'
import { findBackup } from '#safeguards/backup/restore.ts'
import { recordingOf } from '#safeguards/backup/rotate.ts'
import { openKeyStore } from '#safeguards/keys/open-key-store.ts'
import { openObjects } from '../roles/open-objects.ts'
import { openBackupPlace } from './backup-places.ts'
import { withRunningDatabase } from './running-database.ts'

/** Exit code if some recordings are not in the backup, or their copies are damaged. */
const incompleteExitCode = 3

/**
 * `recordings bring-back --from PLACE`: restores missing or damaged objects of held recordings from a place of backups, beside
 * a running Seloste. Exits with 3 if some could not be restored.
 */
export async function restoreObjects(settings: Settings, args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { from: { type: 'string' }, backup: { type: 'string' } } })
  if (values.from === undefined) {
    throw new Fault('argument-wrong', 'recordings bring-back needs --from DIR or s3://…, a place of backups')
  }
  const place = await openBackupPlace(values.from)
  const { manifest } = await findBackup(place, values.backup)
  await withRunningDatabase(settings, 'recordings-bring-back', async (db) => {
    const [objects, keys] = await Promise.all([openObjects(settings), openKeyStore(settings)])
    const verify = () => verifyRecordings({ db, objects, keys, places: [] })
    const wrong = recordingsWithWrongObjects((await verify()).findings)
    if (wrong.size === 0) {
      console.log('the objects of every held recording are unaltered')
      return
    }
    for await (const object of objectsOf(place, manifest)) {
      const id = recordingOf(object.key)
      if (id === undefined || !wrong.has(id)) continue
      await objects.put(object.key, await readObjectCopy(place, object))
      // Deletes the copy again if the recording was destroyed meanwhile: its expunction may have ended before the copy was made.
      const { state } = await db.selectFrom('recording').select('state').where('id', '=', id).executeTakeFirstOrThrow()
      if (state === 'DESTROYING' || state === 'DESTROYED') await objects.delete(object.key)
    }
    const stillWrong = recordingsWithWrongObjects((await verify()).findings)
    console.log(`restored from the backup ${manifest.id}: ${wrong.size - stillWrong.size} of ${wrong.size} recordings`)
    for (const id of stillWrong)
      console.log(`  recording ${id} is not in this backup: try another --backup, or another place`)
    if (stillWrong.size > 0) process.exitCode = incompleteExitCode
  })
}
