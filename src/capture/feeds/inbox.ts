/**
 * Records that are told and not written to a file by anybody: they are, here, before their teller hears that they were taken.
 * In: one JSON value at a time. Out: files of lines that a feed follows as it follows a folder. Never here: what they mean.
 */
import { appendFile, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '#platform/clock/clock.ts'

export interface Inbox {
  readonly folder: string
  /** Resolves once the record is durable. */
  put(record: unknown): Promise<void>
  /** Removes files of earlier hours that have been dealt with. */
  tidy(isTaken: (name: string, size: number) => boolean): Promise<void>
}

export async function openInbox(folder: string, clock: Clock): Promise<Inbox> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const nameNow = () => `${clock.now().toString().slice(0, 13)}.ndjson`
  let writing = Promise.resolve()
  return {
    folder,
    put(record) {
      const line = `${JSON.stringify(record)}\n`
      const written = writing.then(() => appendFile(join(folder, nameNow()), line, { mode: 0o600, flush: true }))
      writing = written.catch(() => undefined)
      return written
    },
    async tidy(isTaken) {
      const current = nameNow()
      for (const name of await readdir(folder)) {
        if (name >= current) continue
        const { size } = await stat(join(folder, name))
        if (isTaken(name, size)) await rm(join(folder, name))
      }
    },
  }
}
