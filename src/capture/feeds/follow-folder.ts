/**
 * Follows files of detail records in a folder: complete, growing or rotated ones. Delivers each record once per run, in the
 * order of its file. The position of processed records is stored on disk; later records are read again after a restart, which
 * is safe because admission is idempotent. Never changes, moves or removes a file, and reads none outside the folder.
 */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, matchesGlob } from 'node:path'
import { splitRecords, type FramedRecord } from './split-records.ts'

export interface FoundRecord extends FramedRecord {
  readonly file: string
  /** The file's first line, if records need it. */
  readonly heading: Buffer
  /** Call this when the record is processed and stored: the position moves past it. */
  acknowledge(): void
}

export interface FolderOptions {
  readonly folder: string
  /** Glob of the file names. */
  readonly files: string
  readonly framing: 'csv' | 'lines' | 'document'
  readonly hasHeading: boolean
  readonly statePath: string
  /** Maximum bytes of a record; default 256 KB. */
  readonly longestRecord?: number | undefined
  /** Handles a record; nothing more is read until it resolves. */
  readonly onRecord: (record: FoundRecord) => Promise<void>
  readonly onFault: (error: unknown) => void
  /** Called after a successful poll. */
  readonly onChecked?: () => void
  readonly pollMs?: number
  /** A last line without a line break is read as a record if the file has not grown for this time. */
  readonly idleMs?: number
}

interface FileState {
  /** Hash of the file's first bytes, to detect that the file was truncated and rewritten. */
  head: string
  headBytes: number
  position: number
  line: number
}

/** Bytes read at once; other work can run between two reads. */
const chunkBytes = 64 * 1024
const maxHeadBytes = 64
const maxDocumentLength = 16 * 1024 * 1024
const maxHeadingBytes = 64 * 1024
/** Maximum number of leading lines checked to detect a file with one JSON object per line. */
const maxLinesChecked = 1000
/** Maximum bytes stored of a document that is too long. The file itself is not changed. */
const maxStoredBytes = 256 * 1024

export interface FollowedFolder {
  /** Polls once; resolves when all records found have been delivered. */
  check(): Promise<void>
  /** Returns true if all records of a file with this name and size are processed. */
  isProcessed(name: string, size: number): boolean
  stop(): Promise<void>
}

export const positionFile = 'position.json'

/** Deletes the positions of all feeds below a folder, so that they read everything again: the register may lack their records. */
export async function forgetPositions(feeds: string): Promise<void> {
  const names = await readdir(feeds).catch(() => [])
  for (const name of names) await rm(join(feeds, name, positionFile), { force: true })
}

/** Follows a folder; polls every `pollMs`, less often if a poll takes long. */
export async function followFolder(options: FolderOptions): Promise<FollowedFolder> {
  const {
    folder,
    files,
    framing,
    hasHeading,
    statePath,
    onRecord,
    onFault,
    pollMs = 1000,
    idleMs = 60_000,
    onChecked,
  } = options
  const states = await readStates(statePath)
  /** Read position by file. It is ahead of `position` by the records that are not processed yet (`pending`). */
  const reading = new Map<string, { at: number; line: number; pending: Map<number, number>; heading?: Buffer }>()
  const names = new Map<string, string>()
  const problems = new Set<string>()
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let checking: Promise<void> | undefined
  let changed = false
  let deliveryMs = 0

  async function checkOnce(): Promise<void> {
    const seen = new Set<string>()
    const outside: string[] = []
    const realFolder = await realpath(folder)
    const entries = (await readdir(folder)).toSorted()
    const found = await Promise.all(
      entries.map(async (name) => ({ name, stats: await stat(join(folder, name)).catch(() => undefined) })),
    )
    for (const { name, stats } of found.toSorted((a, b) => (a.stats?.mtimeMs ?? 0) - (b.stats?.mtimeMs ?? 0))) {
      if (stopped || !stats?.isFile()) continue
      const id = `${stats.dev}:${stats.ino}`
      seen.add(id)
      if (!states.has(id) && !matchesGlob(name, files)) continue
      const isIdle = Date.now() - stats.mtimeMs > idleMs
      if (stats.size === 0 || (reading.get(id)?.at === stats.size && isIdle)) continue
      // Links to outside the folder are not followed: one to the feed's own output would be an endless loop.
      const leadsTo = await realpath(join(folder, name)).catch(() => undefined)
      if (leadsTo === undefined) continue
      if (dirname(leadsTo) === realFolder) await readOne(name, leadsTo, id, stats.size, isIdle)
      else outside.push(name)
    }
    for (const id of states.keys()) {
      if (seen.has(id) || (reading.get(id)?.pending.size ?? 0) > 0) continue
      states.delete(id)
      reading.delete(id)
      names.delete(id)
      changed = true
    }
    await saveProgress()
    if (outside.length > 0)
      throw new Error(`not read because it is a link to outside the folder: ${outside.join(', ')}`)
  }

  async function readOne(name: string, path: string, id: string, size: number, isIdle: boolean): Promise<void> {
    names.set(id, name)
    // The file may have been replaced by a pipe, which would block without O_NONBLOCK.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    const opened = await file.stat()
    if (!opened.isFile() || `${opened.dev}:${opened.ino}` !== id) return
    const bytesAt = async (at: number, length: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at)
      return buffer.subarray(0, bytesRead)
    }
    const before = states.get(id)
    const isSame = before && size >= before.position && headOf(await bytesAt(0, before.headBytes)) === before.head
    if (!isSame) {
      const head = await bytesAt(0, Math.min(maxHeadBytes, size))
      states.set(id, { head: headOf(head), headBytes: head.length, position: 0, line: 1 })
      reading.delete(id)
      changed = true
    }
    const state = states.get(id)!
    const cursor = reading.get(id) ?? { at: state.position, line: state.line, pending: new Map<number, number>() }
    reading.set(id, cursor)
    if (hasHeading && !cursor.heading) {
      const start = await bytesAt(0, Math.min(maxHeadingBytes, size))
      const end = start.indexOf(0x0a)
      if (end === -1) return
      cursor.heading = Buffer.from(start.subarray(0, end))
      if (cursor.at === 0) [cursor.at, cursor.line] = [end + 1, 2]
    }
    const heading = cursor.heading ?? Buffer.alloc(0)
    if (framing === 'document' && cursor.at === 0) {
      const whole = await bytesAt(0, Math.min(size, maxDocumentLength))
      const isInvalidInterval = size > maxDocumentLength
      if (isInvalidInterval ? !hasRecordLines(whole) : isJson(whole)) {
        await deliver(
          {
            bytes: isInvalidInterval ? whole.subarray(0, maxStoredBytes) : whole,
            line: 1,
            from: 0,
            to: size,
            isInvalidInterval,
          },
          0,
        )
        return
      }
      if (!hasRecordLines(whole)) {
        // The document is incomplete, so the file is still being written. If it stops growing, it is one unreadable record.
        if (isIdle) await deliver({ bytes: whole, line: 1, from: 0, to: size, isInvalidInterval: false }, 0)
        return
      }
    }
    while (cursor.at < size && !stopped) {
      let length = chunkBytes
      let records: FramedRecord[] = []
      for (;;) {
        const wanted = Math.min(length, size - cursor.at)
        const chunk = await bytesAt(cursor.at, wanted)
        // The file was truncated meanwhile. The next poll reads it again.
        if (chunk.length < wanted) return
        const isLast = cursor.at + chunk.length >= size
        records = splitRecords(chunk, {
          offset: cursor.at,
          line: cursor.line,
          isQuoted: framing === 'csv',
          isLast: isLast && isIdle,
          longest: options.longestRecord,
        })
        if (records.length > 0 || isLast) break
        length *= 2
      }
      if (records.length === 0) return
      for (const [index, record] of records.entries()) {
        if (stopped) return
        await deliver(record, (records[index + 1]?.line ?? record.line + linesIn(record.bytes)) - record.line)
      }
    }

    async function deliver(record: FramedRecord, lines: number): Promise<void> {
      cursor.pending.set(record.from, record.line)
      cursor.at = record.to
      cursor.line = record.line + lines
      const startedMs = performance.now()
      try {
        await onRecord({ ...record, file: name, heading, acknowledge })
      } catch (error) {
        // Resets the position, so that the next poll reads the record again.
        cursor.pending.delete(record.from)
        ;[cursor.at, cursor.line] = [record.from, record.line]
        throw error
      } finally {
        deliveryMs += performance.now() - startedMs
      }

      function acknowledge(): void {
        if (reading.get(id) !== cursor || !cursor.pending.delete(record.from)) return
        const [first] = cursor.pending
        const [position, line] = first ?? [cursor.at, cursor.line]
        if (position > state.position) Object.assign(state, { position, line })
        changed = true
      }
    }
  }

  async function saveProgress(): Promise<void> {
    if (!changed) return
    changed = false
    await writeFile(`${statePath}.new`, JSON.stringify([...states]), { mode: 0o600 })
    await rename(`${statePath}.new`, statePath)
  }

  function check(): Promise<void> {
    return (checking ??= checkOnce()
      .then(() => {
        problems.clear()
        onChecked?.()
      })
      .catch((error: unknown) => {
        // Reports the same problem once, not at every poll.
        const message = String((error as Error).message)
        if (!problems.has(message)) onFault(error)
        problems.add(message)
      })
      .finally(() => (checking = undefined)))
  }

  async function pollAgain(): Promise<void> {
    const startedMs = performance.now()
    deliveryMs = 0
    await check()
    const tookMs = performance.now() - startedMs - deliveryMs
    if (!stopped) timer = setTimeout(() => void pollAgain(), Math.max(pollMs, tookMs * 10))
  }
  timer = setTimeout(() => void pollAgain(), 0)

  return {
    check,
    isProcessed: (name, size) =>
      [...names].some(([id, one]) => one === name && (states.get(id)?.position ?? 0) >= size),
    async stop() {
      stopped = true
      clearTimeout(timer)
      await checking
      await saveProgress().catch(onFault)
    },
  }
}

async function readStates(path: string): Promise<Map<string, FileState>> {
  try {
    return new Map(JSON.parse(await readFile(path, 'utf8')) as [string, FileState][])
  } catch {
    // Without stored positions all files are read again, which is safe because admission is idempotent.
    return new Map()
  }
}

function headOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32)
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'))
    return true
  } catch {
    return false
  }
}

/** Returns true if one of a file's first lines is a JSON object: then the file has one record per line, of which some may be broken. */
function hasRecordLines(bytes: Buffer): boolean {
  let from = 0
  for (let lines = 0; lines < maxLinesChecked && from < bytes.length; lines++) {
    const end = bytes.indexOf(0x0a, from)
    const line = bytes.subarray(from, end === -1 ? bytes.length : end)
    if (lines === 0 && /^[{[]\s*$/.test(line.toString('utf8', 0, 100))) return false
    if (line[0] === 0x7b && isJson(line)) return true
    from = end === -1 ? bytes.length : end + 1
  }
  return false
}

function linesIn(bytes: Buffer): number {
  let lines = 0
  for (const byte of bytes) if (byte === 0x0a) lines++
  return lines
}
