/**
 * Destroys the files of an earlier recorder that were imported, or that are too old for the register. Each file is read and
 * checked again; no earlier report is trusted.
 */
import { destroyBelow, listFolder } from '#platform/files/list-folder.ts'
import { considerFile, type ImportWork } from './run-import.ts'
import type { ImportPlan } from './plan-import.ts'

export interface DestroyedFiles {
  /** Audio files that were imported, and those that are too old. */
  imported: number
  tooOld: number
  /** Metadata files whose audio files are all gone. */
  metadata: number
  bytes: number
  /** Audio files that stay, with the reason. */
  remaining: { path: string; reason: string }[]
}

/**
 * Destroys imported and too old files; everything else stays.
 * @param now the register's time: if the machine's clock jumps ahead, no file becomes too old
 */
export async function destroyOld(
  plan: ImportPlan,
  given: Omit<ImportWork, 'onFile'>,
  now: Temporal.Instant,
): Promise<DestroyedFiles> {
  const work = { ...given, context: { ...given.context, now } }
  const done: DestroyedFiles = { imported: 0, tooOld: 0, metadata: 0, bytes: 0, remaining: [] }
  for (const file of plan.files) {
    const { fileSha256, report } = await considerFile(file, work)
    const known = fileSha256 === undefined ? undefined : (await work.findImported([fileSha256])).get(fileSha256)
    // A file is destroyed if its imported recording was compared with it, or has been destroyed since.
    const isSettled = known !== undefined && (known.isCompared || !known.isHeld)
    if (!isSettled && report.state !== 'too-old') {
      const reason = known ? 'not-compared' : (report.reason ?? 'not-imported')
      done.remaining.push({ path: file.path, reason })
      continue
    }
    done.bytes += await destroyBelow(work.folder, file.path)
    if (isSettled) done.imported++
    else done.tooOld++
  }
  const left = new Set((await listFolder(work.folder)).files)
  for (const [path, sounds] of plan.metadata) {
    // Metadata in a file's name go with the file.
    if (!left.has(path) || sounds.length === 0 || sounds.some((sound) => left.has(sound))) continue
    if (plan.listed.some(({ path: listed }) => listed === path || listed.startsWith(`${path} #`))) continue
    done.bytes += await destroyBelow(work.folder, path)
    done.metadata++
  }
  for (const { path, reason } of plan.listed) done.remaining.push({ path, reason })
  return done
}
