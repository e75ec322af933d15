import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Files that repairing or trimming a body may leave in the work folder (ingest-recording.ts, trim-to-call.ts). */
const endings = ['hdr', 'body', 'body.rebuilding', 'tail'] as const

/** Removes a recording's leftovers, sealed bytes, from the custodian's work folder. */
export async function removeLeftovers(workFolder: string, recordingId: string): Promise<void> {
  for (const ending of endings) await rm(join(workFolder, `${recordingId}.${ending}`), { force: true })
}

/** Returns the recordings with files in the folder; none if the folder does not exist. */
export async function recordingsWithLeftovers(workFolder: string): Promise<Set<string>> {
  try {
    return new Set((await readdir(workFolder)).map((name) => name.slice(0, name.indexOf('.'))))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set()
    throw error
  }
}
