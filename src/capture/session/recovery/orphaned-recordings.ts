/**
 * Finds and destroys orphaned recordings, whose facts could not be read after a crash and were not repaired within a day (AC8).
 * They are not in the register, so they cannot be played. Their private intake keys are deleted after forty days at the latest.
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { removeRecording } from '../media/store-recording.ts'

const waitsHours = 24
/** Orphaned recordings are destroyed this many months after they were recorded, the longest term that R24 allows. */
const ceilingMonths = 6

export async function findOrphanedRecordings(
  folder: string,
  /** Ids of recordings whose facts are known here. */
  known: ReadonlySet<string>,
  now: Temporal.Instant,
  /** The register's confirmed time; undefined while the database is unavailable. Then nothing is destroyed. */
  destructionNow: Temporal.Instant | undefined,
): Promise<{ waiting: string[]; destroyed: string[] }> {
  const waiting: string[] = []
  const destroyed: string[] = []
  for (const name of await readdir(folder)) {
    const id = /^(.+)\.body$/.exec(name)?.[1]
    if (id === undefined || known.has(id)) continue
    // Time of the last write, which is later than the start of the recording.
    const { mtimeMs } = await stat(join(folder, name))
    const writtenAt = Temporal.Instant.fromEpochMilliseconds(Math.floor(mtimeMs))
    if (Temporal.Instant.compare(writtenAt.add({ hours: waitsHours }), now) > 0) continue
    const ceiling = writtenAt.toZonedDateTimeISO('Europe/Helsinki').add({ months: ceilingMonths }).toInstant()
    const hasEnded = [now, destructionNow].every((one) => one && Temporal.Instant.compare(ceiling, one) <= 0)
    if (!hasEnded) waiting.push(id)
    else {
      await removeRecording(id, folder)
      destroyed.push(id)
    }
  }
  return { waiting, destroyed }
}
