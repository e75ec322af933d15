/**
 * One file of a journal: lines that are durable once they are written, many with one write. In: lines. Out: the same lines after a
 * crash, and whether one among them cannot be read. Never here: what a line means, or one that is changed.
 *
 * The file is filled with zeros before it is used, so that a line changes nothing but bytes that are there already: the file
 * system's own journal, in which everything else waits that is written on the machine, has no part in it.
 *
 *     <CRC-32 of what follows, 8 hexadecimal digits> <group> <text>
 *
 * Lines written together are a group. What a failed write has left is written over under a higher number; what of it
 * still lies behind has the lower one. Of two lines the one of the higher group counts.
 */
import { constants } from 'node:fs'
import { open, readFile, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { syncFolder, writeFully } from '../files/durable-files.ts'

export interface JournalFile {
  readonly path: string
  /** What was reserved for it is used up. It takes more all the same, where the disk does. */
  readonly isFull: boolean
  /** Durable when it resolves; one write at a time. Throws what the file system says: then nothing of it counts. */
  write(group: number, texts: readonly string[]): Promise<void>
  close(): Promise<void>
}

interface JournalLine {
  group: number
  text: string
}

/** Reserved piece by piece where nobody waits for it: the disk is others' in between. */
const pieceBytes = 64 * 1024
const pieceEveryMs = 25

/**
 * Creates a file that must not exist yet. Its path ends in `.journal`.
 * @param paced nobody waits for it: it takes seconds, so that others' writes need not wait behind mebibytes of zeros. Once this is
 *   aborted no more is reserved
 */
export async function createJournalFile(
  path: string,
  reservedBytes: number,
  paced?: AbortSignal,
): Promise<JournalFile> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_DSYNC, 0o600)
  try {
    // Best effort: on a full disk it grows line by line, for as long as there is room.
    await reserve(file, reservedBytes, paced).catch(() => file.truncate(0))
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
      const bytes = Buffer.from(texts.map((text) => lineOf(`${group} ${text}`)).join(''))
      await writeFully(file, bytes, at)
      at += bytes.length
    },
    close: () => file.close(),
  }
}

async function reserve(file: FileHandle, reservedBytes: number, paced?: AbortSignal): Promise<void> {
  if (!paced) return writeFully(file, Buffer.alloc(reservedBytes), 0)
  for (let at = 0; at < reservedBytes && !paced.aborted; at += pieceBytes) {
    if (at > 0) await wait(pieceEveryMs, undefined, { signal: paced, ref: false }).catch(() => undefined)
    await writeFully(file, Buffer.alloc(Math.min(pieceBytes, reservedBytes - at)), at)
  }
}

function lineOf(content: string): string {
  return `${crc32(content).toString(16).padStart(8, '0')} ${content}\n`
}

/**
 * What a process has written that writes no more. `isBroken`: a line cannot be read that was durable. What cannot be read at the
 * end is what a crash cut short, and nobody was told that it is durable.
 */
export async function readJournalFile(path: string): Promise<{ lines: JournalLine[]; isBroken: boolean }> {
  const lines: JournalLine[] = []
  let unreadableAfter: number | undefined
  let isBroken = false
  // Zeros are what was never written.
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
