/**
 * What the custodian remembers of the log outside the database: the newest checkpoint it signed and every leaf hash up to
 * it. Whoever turns the database back does not turn this back with it. In: a folder. Out: the same again. Never here: an
 * entry, or a judgement.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface LogFolder {
  /** The newest checkpoint; nothing where none was ever written. */
  readCheckpoint(): Promise<string | undefined>
  /** Durable when it returns; never half a checkpoint. */
  writeCheckpoint(note: string): Promise<void>
  /** Leaves of the log when entries began to be signed (signed-entries.ts); nothing where it was never written. */
  readSignedFrom(): Promise<string | undefined>
  /** Durable when it returns. */
  writeSignedFrom(note: string): Promise<void>
  /** The log's verifier key, for whoever verifies or witnesses it. */
  writeKey(key: string): Promise<void>
  leafCount(): Promise<number>
  /** Hashes from, up to and without to; fewer where the file ends before. */
  readLeaves(from: number, to: number): Promise<Buffer[]>
  /** Writes hashes from an index on and cuts off what was behind. Durable when it returns. */
  writeLeaves(from: number, hashes: readonly Buffer[]): Promise<void>
}

const hashBytes = 32

export async function openLogFolder(path: string): Promise<LogFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const [checkpoint, signedFrom] = [join(path, 'checkpoint'), join(path, 'signed-from')]
  // What a process left that ended while it wrote.
  for (const name of await readdir(path)) {
    if (/^(checkpoint|signed-from)\./.test(name)) await rm(join(path, name), { force: true })
  }
  const leaves = join(path, 'leaves')

  async function syncFolder(): Promise<void> {
    const folder = await open(path, 'r')
    await folder.sync().finally(() => folder.close())
  }

  async function writeWhole(path: string, text: string): Promise<void> {
    const unfinished = `${path}.${randomUUID()}`
    const file = await open(unfinished, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
    await syncFolder()
  }

  return {
    async readCheckpoint() {
      return (await orNothing(readFile(checkpoint)))?.toString('utf8')
    },
    writeCheckpoint: (note) => writeWhole(checkpoint, note),
    async readSignedFrom() {
      return (await orNothing(readFile(signedFrom)))?.toString('utf8')
    },
    writeSignedFrom: (note) => writeWhole(signedFrom, `${note}\n`),
    async writeKey(key) {
      await writeFile(join(path, 'key'), `${key}\n`, { mode: 0o644 })
    },
    async leafCount() {
      return Math.floor(((await orNothing(stat(leaves)))?.size ?? 0) / hashBytes)
    },
    async readLeaves(from, to) {
      const file = await orNothing(open(leaves, 'r'))
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
      const isNew = (await orNothing(stat(leaves))) === undefined
      const file = await open(leaves, isNew ? 'wx+' : 'r+', 0o600)
      try {
        const bytes = Buffer.concat(hashes)
        await file.write(bytes, 0, bytes.length, from * hashBytes)
        await file.truncate(from * hashBytes + bytes.length)
        await file.datasync()
      } finally {
        await file.close()
      }
      if (isNew) await syncFolder()
    },
  }
}

async function orNothing<Found>(asked: Promise<Found>): Promise<Found | undefined> {
  return asked.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}
