/**
 * Durable map of texts by key: after a crash or power loss it has every text that was not removed. Writes within
 * milliseconds share one sync, instead of a file and a folder sync each. The journal rotates: the next file is reserved
 * in advance; live texts of a full file are rewritten into the next one, and the full file is overwritten and removed.
 * A file with removed texts rotates after `rotateMs` even if it is not full, and when the journal closes. Old blocks that a
 * copy-on-write file system or flash keeps cannot be overwritten here.
 */
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { syncFolder } from '../files/durable-files.ts'
import { coalesceRuns } from '../files/coalesce-runs.ts'
import { createJournalFile, overwriteFile, readJournalFile, type JournalFile, type Span } from './journal-file.ts'

export interface TextJournal {
  /** Current texts; at first those left by the previous process. */
  all(): ReadonlyMap<string, string>
  /** Names of files that could not be read to their end. They are renamed to `.broken` for an operator. */
  readonly broken: readonly string[]
  /** Durable when it resolves. Throws the file system's error: it may be retried. */
  put(key: string, text: string, when?: Urgency): Promise<void>
  /**
   * Like `put`: a crash before it resolves keeps the text. A removed text stays on disk until its file rotates, an hour at most, or
   * the journal closes.
   */
  remove(key: string, when?: Urgency): Promise<void>
  /** Like `remove`, and overwrites the text on disk: when it resolves, or seconds later if its file is rotating. */
  erase(key: string): Promise<void>
  close(): Promise<void>
}

/** `in-time`: written with others within some hundredths of a second, so that no `at-once` write waits behind it. */
export type Urgency = 'at-once' | 'in-time'

interface TextJournalOptions {
  directory: string
  /** Called when a file could not be reserved or removed; it is retried. */
  onFault: (error: unknown) => void
  reservedBytes?: number
  retryMs?: number
  /** How long removed texts may stay in a file that is not full. */
  rotateMs?: number
}

interface StoredText {
  text: string
  /** The file with its newest durable line. */
  file?: JournalFile
}

interface Staged {
  key: string
  one: StoredText | undefined
  isErased: boolean
  written: PromiseWithResolvers<void>
}

/** A key has no white space, a text no line break. */
const keyPattern = /^\S+$/
/** Texts rewritten at once when a file is full; bounded, so that other writes do not wait long. */
const rewriteBatch = 50
const deferMs = 40
const fileNamePattern = /^[0-9]{9}\.journal$/
const broken = '.broken'
/** Suffix of a rotated file that is being overwritten; it is never read. */
const overwrittenSuffix = '.over'

export async function openTextJournal(options: TextJournalOptions): Promise<TextJournal> {
  const { directory, onFault, reservedBytes = 4 * 1024 * 1024, retryMs = 5_000, rotateMs = 3_600_000 } = options
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const existing = await readExistingFiles(directory)
  const texts = new Map<string, StoredText>([...existing.texts].map(([key, text]) => [key, { text }]))
  const closing = new AbortController()
  let { number, group } = existing
  let older = existing.paths
  let retiredPaths = existing.retired
  /** Spans of the lines of each key in the current file, to be erased with the text or when it is replaced. */
  let linesOfKeys = new Map<string, Span[]>()
  let hasObsoleteLines = false
  let isRotationDue = false
  let current = await createNext()
  let next: JournalFile | undefined
  let staged: Staged[] = []
  let inTime: NodeJS.Timeout | undefined
  const flush = coalesceRuns(writeStaged)
  let rotating = rotate()
  const rotationTimer = setInterval(() => {
    isRotationDue = hasObsoleteLines
    if (isRotationDue) flush().catch(() => undefined)
  }, rotateMs)
  rotationTimer.unref()

  function createNext(slowUntil?: AbortSignal): Promise<JournalFile> {
    const path = join(directory, `${String(++number).padStart(9, '0')}.journal`)
    return createJournalFile(path, reservedBytes, slowUntil)
  }

  /** Makes a file the current one. @returns the file before it, to be closed */
  function continueIn(file: JournalFile): JournalFile {
    const full = current
    ;[current, next] = [file, undefined]
    older = [...older, full.path]
    linesOfKeys = new Map()
    hasObsoleteLines = isRotationDue = false
    return full
  }

  async function writeStaged(): Promise<void> {
    if ((current.isFull || isRotationDue) && next)
      rotating = Promise.allSettled([rotating, continueIn(next).close()]).then(rotate)
    const lines = staged
    const file = current
    staged = []
    // Restarts the delay for later `in-time` writes: others would wait behind an extra write.
    clearTimeout(inTime)
    inTime = undefined
    if (lines.length === 0) return
    let spans: Span[]
    try {
      spans = await file.write(
        ++group,
        lines.map(({ key, one }) => (one ? `${key} ${one.text}` : key)),
      )
    } catch (error) {
      for (const { written } of lines) written.reject(error)
      throw error
    }
    for (const [index, { key, one, isErased, written }] of lines.entries()) {
      const earlier = linesOfKeys.get(key) ?? []
      hasObsoleteLines ||= earlier.length > 0
      if (one) {
        one.file = file
        linesOfKeys.set(key, [...earlier, spans[index]!])
      } else linesOfKeys.delete(key)
      // After its removal is durable, so that a crash in between restores nothing.
      if (isErased && earlier.length > 0) void erase(file, earlier).then(written.resolve)
      else written.resolve()
    }
  }

  /**
   * Never throws: a span that cannot be erased is overwritten with its whole file, soon if that is closed, else after
   * `rotateMs`.
   */
  async function erase(file: JournalFile, spans: readonly Span[]): Promise<void> {
    await file.erase(spans).catch((error: unknown) => {
      if (file === current) onFault(error)
    })
  }

  function stage(key: string, one?: StoredText, when: Urgency = 'at-once', isErased = false): Promise<void> {
    const written = Promise.withResolvers<void>()
    staged.push({ key, one, isErased, written })
    // The callers who staged a line get the error.
    if (when === 'at-once') flush().catch(() => undefined)
    else inTime ??= setTimeout(() => void flush().catch(() => undefined), deferMs)
    return written.promise
  }

  /** Rewrites every live text into this file, and retires the full ones. */
  async function moveTexts(): Promise<void> {
    // Only files of which every text is moved: another may become full meanwhile.
    const full = older
    const keysToRewrite = [...texts.keys()].filter((key) => texts.get(key)?.file !== current)
    while (keysToRewrite.length > 0)
      await Promise.all(
        keysToRewrite.splice(0, rewriteBatch).flatMap((key) => {
          const one = texts.get(key)
          return one ? [stage(key, one)] : []
        }),
      )
    for (const path of full) {
      await rename(path, `${path}${overwrittenSuffix}`)
      older = older.filter((one) => one !== path)
      retiredPaths = [...retiredPaths, `${path}${overwrittenSuffix}`]
      // Before a later file is removed: otherwise a text removed there would reappear.
      await syncFolder(directory)
    }
  }

  /** Overwrites and removes the retired files, slowly until the signal aborts; without a signal at once. */
  async function overwriteRetired(slowUntil?: AbortSignal): Promise<void> {
    for (const path of retiredPaths) {
      await overwriteFile(path, slowUntil).catch(onFault)
      // Closing or the next start overwrites the file.
      if (slowUntil?.aborted) return
      await rm(path, { force: true })
      retiredPaths = retiredPaths.filter((one) => one !== path)
    }
  }

  /** Leaves no removed text on disk while no process runs. What fails here is done at the next start. */
  async function removeBeforeClosing(): Promise<void> {
    if (hasObsoleteLines) await continueIn(next ?? (await createNext())).close()
    await moveTexts()
    await overwriteRetired()
  }

  /** Rewrites every live text into this file, removes the full ones and reserves the next. */
  async function rotate(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await moveTexts()
        next ??= await createNext(closing.signal)
        await overwriteRetired(closing.signal)
        return
      } catch (error) {
        onFault(error)
        await wait(retryMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined)
      }
    }
  }

  return {
    all: () => new Map([...texts].map(([key, { text }]) => [key, text])),
    broken: existing.broken,
    put(key, text, when) {
      if (!keyPattern.test(key) || text.includes('\n')) throw new RangeError('a key has no space, a text no line break')
      const one = { text }
      texts.set(key, one)
      return stage(key, one, when)
    },
    remove(key, when) {
      texts.delete(key)
      return stage(key, undefined, when)
    },
    erase(key) {
      texts.delete(key)
      return stage(key, undefined, 'at-once', true)
    },
    async close() {
      closing.abort()
      clearTimeout(inTime)
      clearInterval(rotationTimer)
      await rotating
      await flush().catch(() => undefined)
      await removeBeforeClosing().catch(onFault)
      await current.close()
      await next?.close()
      if (next) await rm(next.path, { force: true })
    },
  }
}

/** Reads the files that no process writes any more; the newest text of each key. */
async function readExistingFiles(directory: string) {
  const names = await readdir(directory)
  const newest = new Map<string, { group: number; text: string | undefined }>()
  const setAside = names.filter((name) => name.endsWith(`.journal${broken}`))
  const files = names.filter((name) => fileNamePattern.test(name)).sort()
  let group = 0
  for (const name of files) {
    const path = join(directory, name)
    const { lines, isBroken } = await readJournalFile(path)
    for (const line of lines) {
      const [key, text] = splitOnce(line.text)
      if (line.group >= (newest.get(key)?.group ?? 0)) newest.set(key, { group: line.group, text })
      group = Math.max(group, line.group)
    }
    if (!isBroken) continue
    await copyFile(path, `${path}${broken}`)
    if (!setAside.includes(`${name}${broken}`)) setAside.push(`${name}${broken}`)
  }
  const texts = new Map([...newest].flatMap(([key, { text }]) => (text === undefined ? [] : [[key, text] as const])))
  const paths = files.map((name) => join(directory, name))
  const retired = names
    .filter((name) => name.endsWith(`.journal${overwrittenSuffix}`))
    .map((name) => join(directory, name))
  return { texts, paths, retired, broken: setAside, group, number: Number.parseInt(files.at(-1) ?? '0', 10) }
}

function splitOnce(line: string): [string, string | undefined] {
  const space = line.indexOf(' ')
  return space < 0 ? [line, undefined] : [line.slice(0, space), line.slice(space + 1)]
}
