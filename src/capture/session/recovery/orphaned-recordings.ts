/**
 * Finds and destroys orphaned recordings: their facts could not be read after a crash, and nobody has settled them for a day
 * (AC8). They are not in the register, so they cannot be played; their private intake keys are deleted after forty days at the
 * latest.
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { removeRecording } from '../media/store-recording.ts'

const waitsHours = 24
/** Their own ceiling counts from their recording: the longest that the law's description allows any (R24). */
const ceilingMonths = 6

export async function findOrphanedRecordings(
  folder: string,
  /** Recordings of calls that are known here. */
  known: ReadonlySet<string>,
  now: Temporal.Instant,
  /** The register's time, by which all is destroyed; undefined while the database is away, and then nothing is destroyed. */
  destructionNow: Temporal.Instant | undefined,
): Promise<{ waiting: string[]; destroyed: string[] }> {
  const waiting: string[] = []
  const destroyed: string[] = []
  for (const name of await readdir(folder)) {
    const id = /^(.+)\.body$/.exec(name)?.[1]
    if (id === undefined || known.has(id)) continue
    // The last that was written to it: it began before that.
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
