/**
 * Collects each recording's files after a crash. Runs in the capturing process before it accepts calls.
 *
 * Reads a folder of `.hdr`, `.body` and tail segments that no process writes any more. Writes a `<id>.tail` beside each
 * recording that has frames, and deletes the segments. Uses no key; rebuild-body.ts does the rest.
 *
 * A power failure right after the start leaves an empty header: nothing of that recording was durable, and its body cannot be
 * decrypted.
 */
import { constants } from 'node:fs'
import { open, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '#platform/files/durable-files.ts'
import { readTailFrames } from './tail-frame.ts'

/** A recording found on disk. Only the custodian can determine if it was finished or cut short. */
export type RecoveredRecording = { id: string; headerPath: string; bodyPath: string; tailPath: string | undefined }

/** Can be interrupted and repeated: the segments are deleted last, once every tail is durable. */
export async function recoverRecordings(directory: string): Promise<RecoveredRecording[]> {
  const names = new Set(await readdir(directory))
  const headed = [...names].filter((name) => name.endsWith('.hdr')).map((name) => name.slice(0, -4))
  const ids: string[] = []
  for (const id of headed) {
    if ((await stat(join(directory, `${id}.hdr`))).size > 0) ids.push(id)
    else for (const end of ['body', 'hdr']) await rm(join(directory, `${id}.${end}`), { force: true })
  }
  const bodies = new Set(ids.filter((id) => names.has(`${id}.body`)))
  const segments = [...names].filter((name) => /^tail-.*\.journal$/.test(name)).sort()
  for (const name of names) if (name.endsWith('.tail.part')) await rm(join(directory, name))

  const gathered = new Set<string>()
  for (const segment of segments) {
    const frames = Map.groupBy(readTailFrames(await readFile(join(directory, segment))), ({ id }) => id)
    for (const [id, list] of frames) {
      if (!bodies.has(id)) continue // Already ingested, or destroyed.
      gathered.add(id)
      await append(join(directory, `${id}.tail.part`), Buffer.concat(list.map(({ bytes }) => bytes)))
    }
  }
  for (const id of gathered) await rename(join(directory, `${id}.tail.part`), join(directory, `${id}.tail`))
  await syncFolder(directory)
  for (const segment of segments) await rm(join(directory, segment))

  return [...bodies].sort().map((id) => ({
    id,
    headerPath: join(directory, `${id}.hdr`),
    bodyPath: join(directory, `${id}.body`),
    tailPath: gathered.has(id) || names.has(`${id}.tail`) ? join(directory, `${id}.tail`) : undefined,
  }))
}

async function append(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o600)
  try {
    await file.writeFile(bytes)
    await file.datasync()
  } finally {
    await file.close()
  }
}
