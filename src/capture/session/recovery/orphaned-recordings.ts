/**
 * Finds and destroys what a crash left outside the register (AC8): orphaned recordings, whose facts could not be read and were not
 * repaired within a day, and the files with these facts. Such recordings cannot be played. Their private intake keys are deleted
 * after forty days at the latest.
 */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { overwriteFile } from '#platform/journal/journal-file.ts'
import { removeRecording } from '../media/store-recording.ts'

const minAgeHours = 24
/** Months after the last write until they are destroyed, the longest term that R24 allows. */
const ceilingMonths = 6

interface OrphanedFiles {
  /** Reported, and not destroyed yet. */
  waiting: string[]
  destroyed: string[]
}

export async function findOrphanedRecordings(
  folder: string,
  /** Ids of recordings whose facts are known here. */
  known: ReadonlySet<string>,
  now: Temporal.Instant,
  /** The register's confirmed time; undefined while the database is unavailable. Then nothing is destroyed. */
  destructionNow: Temporal.Instant | undefined,
): Promise<OrphanedFiles> {
  const found: OrphanedFiles = { waiting: [], destroyed: [] }
  for (const name of await readdir(folder)) {
    const id = /^(.+)\.body$/.exec(name)?.[1]
    if (id === undefined || known.has(id)) continue
    // Time of the last write, which is later than the start of the recording.
    const writtenAt = await lastWrite(join(folder, name))
    if (Temporal.Instant.compare(writtenAt.add({ hours: minAgeHours }), now) > 0) continue
    if (!isPastCeiling(writtenAt, now, destructionNow)) found.waiting.push(id)
    else {
      await removeRecording(id, folder)
      found.destroyed.push(id)
    }
  }
  return found
}

/**
 * Finds files of the spool that could not be read (`*.broken`). They may have the facts of orphaned recordings, and are
 * overwritten and removed after the same time as these.
 */
export async function findUnreadableCalls(
  folder: string,
  now: Temporal.Instant,
  destructionNow: Temporal.Instant | undefined,
): Promise<OrphanedFiles> {
  const found: OrphanedFiles = { waiting: [], destroyed: [] }
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.broken'))) {
    const path = join(folder, name)
    if (!isPastCeiling(await lastWrite(path), now, destructionNow)) found.waiting.push(name)
    else {
      await overwriteFile(path, new AbortController().signal)
      await rm(path)
      found.destroyed.push(name)
    }
  }
  return found
}

async function lastWrite(path: string): Promise<Temporal.Instant> {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor((await stat(path)).mtimeMs))
}

function isPastCeiling(
  writtenAt: Temporal.Instant,
  now: Temporal.Instant,
  destructionNow: Temporal.Instant | undefined,
) {
  const ceiling = writtenAt.toZonedDateTimeISO('Europe/Helsinki').add({ months: ceilingMonths }).toInstant()
  return [now, destructionNow].every((one) => one && Temporal.Instant.compare(ceiling, one) <= 0)
}
