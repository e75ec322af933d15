/**
 * Copy of the log's state outside the database, in the custodian's folder: the newest signed checkpoint and every leaf hash up
 * to it. Rolling back the database does not roll this back.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { undefinedIfMissing } from '#platform/files/missing-file.ts'
import { syncFolder } from '#platform/files/durable-files.ts'

export interface LogFolder {
  /** Returns the newest checkpoint, if one was written. */
  readCheckpoint(): Promise<string | undefined>
  /** Durable on return; atomic. */
  writeCheckpoint(note: string): Promise<void>
  /** Returns the leaf count when entries began to be signed (signed-entries.ts). */
  readSignedFrom(): Promise<string | undefined>
  /** Durable on return. */
  writeSignedFrom(note: string): Promise<void>
  /** Writes the log's verifier key, for verifiers and witnesses. */
  writeKey(key: string): Promise<void>
  leafCount(): Promise<number>
  /** Returns hashes `from` up to before `to`; fewer if the file ends earlier. */
  readLeaves(from: number, to: number): Promise<Buffer[]>
  /** Writes hashes from an index on and truncates the rest. Durable on return. */
  writeLeaves(from: number, hashes: readonly Buffer[]): Promise<void>
}

const hashBytes = 32

export async function openLogFolder(path: string): Promise<LogFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const [checkpoint, signedFrom] = [join(path, 'checkpoint'), join(path, 'signed-from')]
  // Leftovers of a process that ended while writing.
  for (const name of await readdir(path)) {
    if (/^(checkpoint|signed-from)\./.test(name)) await rm(join(path, name), { force: true })
  }
  const leaves = join(path, 'leaves')

  async function writeAtomically(file: string, text: string): Promise<void> {
    const unfinished = `${file}.${randomUUID()}`
    await writeFile(unfinished, text, { flag: 'wx', mode: 0o600, flush: true })
    await rename(unfinished, file)
    await syncFolder(path)
  }

  return {
    readCheckpoint: () => readFile(checkpoint, 'utf8').catch(undefinedIfMissing),
    writeCheckpoint: (note) => writeAtomically(checkpoint, note),
    readSignedFrom: () => readFile(signedFrom, 'utf8').catch(undefinedIfMissing),
    writeSignedFrom: (note) => writeAtomically(signedFrom, `${note}\n`),
    async writeKey(key) {
      await writeFile(join(path, 'key'), `${key}\n`, { mode: 0o644 })
    },
    async leafCount() {
      return Math.floor(((await stat(leaves).catch(undefinedIfMissing))?.size ?? 0) / hashBytes)
    },
    async readLeaves(from, to) {
      const file = await open(leaves, 'r').catch(undefinedIfMissing)
      if (!file) return []
      try {
        const bytes = Buffer.alloc(Math.max(0, to - from) * hashBytes)
        const { bytesRead } = await file.read(bytes, 0, bytes.length, from * hashBytes)
        const whole = Math.floor(bytesRead / hashBytes)
        return Array.from({ length: whole }, (_, n) => bytes.subarray(n * hashBytes, (n + 1) * hashBytes))
      } finally {
        await file.close()
      }
    },
    async writeLeaves(from, hashes) {
      const isNew = (await stat(leaves).catch(undefinedIfMissing)) === undefined
      const file = await open(leaves, isNew ? 'wx+' : 'r+', 0o600)
      try {
        const bytes = Buffer.concat(hashes)
        await file.write(bytes, 0, bytes.length, from * hashBytes)
        await file.truncate(from * hashBytes + bytes.length)
        await file.datasync()
      } finally {
        await file.close()
      }
      if (isNew) await syncFolder(path)
    },
  }
}
