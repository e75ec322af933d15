/**
 * Stores records received over the network before they are acknowledged, each as one line of JSON in files that a feed reads
 * like a folder. Does not interpret the records.
 */
import { appendFile, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '#platform/clock/clock.ts'

/** Maximum bytes of a line: the largest accepted record, as JSON. */
export const maxStoredBytes = 8 * 1024 * 1024

export interface Inbox {
  readonly folder: string
  /** Resolves once the record is durable. */
  put(record: unknown): Promise<void>
  /** Removes files of earlier hours whose records are all processed. */
  deleteProcessed(isProcessed: (name: string, size: number) => boolean): Promise<void>
}

export async function openInbox(folder: string, clock: Clock): Promise<Inbox> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const nameNow = () => `${clock.now().toString().slice(0, 13)}.ndjson`
  let waiting: string[] = []
  let writing: Promise<void> | undefined

  /** Group commit: records that arrive during a sync share the next one. */
  async function write(before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => undefined)
    const lines = waiting
    waiting = []
    writing = undefined
    await appendFile(join(folder, nameNow()), lines.join(''), { mode: 0o600, flush: true })
  }

  let last: Promise<void> | undefined
  return {
    folder,
    put(record) {
      waiting.push(`${JSON.stringify(record)}\n`)
      writing ??= last = write(last)
      return writing
    },
    async deleteProcessed(isProcessed) {
      const current = nameNow()
      for (const name of await readdir(folder)) {
        if (name >= current) continue
        const { size } = await stat(join(folder, name))
        if (isProcessed(name, size)) await rm(join(folder, name))
      }
    },
  }
}
