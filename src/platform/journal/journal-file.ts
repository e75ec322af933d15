/**
 * One file of a journal. Lines are durable once written; concurrent writes share one sync. After a crash it returns the lines,
 * and whether a durable one cannot be read. Erased lines are zeros and read as nothing.
 * The file is filled with zeros before use, so that writing a line changes only existing bytes and the file system's journal,
 * where other writes of the machine wait, is not involved.
 * <CRC-32 of what follows, 8 hexadecimal digits> <group> <text>
 * Lines written together are a group. What a failed write left is overwritten under a higher group number; of two lines of a
 * key the higher group counts.
 */
import { constants } from 'node:fs'
import { open, readFile, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { syncFolder, writeFully } from '../files/durable-files.ts'

export interface JournalFile {
  readonly path: string
  /** The reserved space is used up. The file still grows while the disk has room. */
  readonly isFull: boolean
  /**
   * Durable when it resolves; one write at a time. Returns the span of each line. Throws the file system's error: then none of the
   * lines count.
   */
  write(group: number, texts: readonly string[]): Promise<Span[]>
  /** Overwrites whole lines with zeros. */
  erase(spans: readonly Span[]): Promise<void>
  close(): Promise<void>
}

/** First byte and length of a line. */
export type Span = readonly [at: number, length: number]

interface JournalLine {
  group: number
  text: string
}

/** Zeros are written piece by piece, so that other writes get the disk in between. */
const pieceBytes = 64 * 1024
const pieceEveryMs = 25

/**
 * Creates a file that must not exist yet. The path ends in `.journal`.
 * @param slowUntil reserves slowly, over seconds, so that others' writes do not wait behind mebibytes of zeros; the signal stops
 * the reservation. Default: at once
 */
export async function createJournalFile(
  path: string,
  reservedBytes: number,
  slowUntil?: AbortSignal,
): Promise<JournalFile> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_DSYNC, 0o600)
  try {
    // Best effort: on a full disk the file grows line by line while there is room.
    await reserve(file, reservedBytes, slowUntil).catch(() => file.truncate(0))
    await syncFolder(dirname(path))
  } catch (error) {
    await file.close()
    throw error
  }
  let at = 0
  return {
    path,
    get isFull() {
      return at >= reservedBytes
    },
    async write(group, texts) {
      const lines = texts.map((text) => Buffer.from(lineOf(`${group} ${text}`)))
      await writeFully(file, Buffer.concat(lines), at)
      return lines.map(({ length }): Span => {
        at += length
        return [at - length, length]
      })
    },
    async erase(spans) {
      for (const [first, length] of spans) await writeFully(file, Buffer.alloc(length), first)
    },
    close: () => file.close(),
  }
}

async function reserve(file: FileHandle, reservedBytes: number, slowUntil?: AbortSignal): Promise<void> {
  if (!slowUntil) return writeFully(file, Buffer.alloc(reservedBytes), 0)
  for (let at = 0; at < reservedBytes && !slowUntil.aborted; at += pieceBytes) {
    if (at > 0) await wait(pieceEveryMs, undefined, { signal: slowUntil, ref: false }).catch(() => undefined)
    await writeFully(file, Buffer.alloc(Math.min(pieceBytes, reservedBytes - at)), at)
  }
}

/** Overwrites a file with zeros, as fast as `createJournalFile` reserves one. The caller no longer reads or writes it. */
export async function overwriteFile(path: string, slowUntil?: AbortSignal): Promise<void> {
  await using file = await open(path, constants.O_WRONLY | constants.O_DSYNC)
  await reserve(file, (await file.stat()).size, slowUntil)
}

function lineOf(content: string): string {
  return `${crc32(content).toString(16).padStart(8, '0')} ${content}\n`
}

/**
 * Reads a file that no process writes any more. `isBroken`: a durable line cannot be read. An unreadable end was cut short by a
 * crash and was never acknowledged.
 */
export async function readJournalFile(path: string): Promise<{ lines: JournalLine[]; isBroken: boolean }> {
  const lines: JournalLine[] = []
  let unreadableAfter: number | undefined
  let isBroken = false
  // Zeros were never written.
  for (const line of (await readFile(path, 'utf8')).replaceAll('\0', '').split('\n')) {
    if (line === '') continue
    const read = readLine(line)
    if (!read) {
      unreadableAfter ??= lines.at(-1)?.group ?? 0
      continue
    }
    lines.push(read)
    isBroken ||= unreadableAfter !== undefined && read.group > unreadableAfter
  }
  return { lines, isBroken }
}

function readLine(line: string): JournalLine | undefined {
  const [, crc, content = '', group, text = ''] = /^([0-9a-f]{8}) (([0-9]+) (.*))$/.exec(line) ?? []
  return crc === lineOf(content).slice(0, 8) ? { group: Number(group), text } : undefined
}
