/**
 * Texts by key that outlive a crash and a power loss. In: the newest text of a key, or that it is needed no more. Out: after a
 * start, what was needed when the process before ended. Never here: a file for each, a folder synced for each; what many ask for
 * in the same milliseconds is one write.
 *
 * The journal goes from file to file: the next is reserved before it is needed; what is still needed of a full one is written
 * again into the next, and then the full one goes.
 */
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { syncFolder } from '../files/durable-files.ts'
import { shareRuns } from '../files/share-runs.ts'
import { createJournalFile, readJournalFile, type JournalFile } from './journal-file.ts'

export interface KeptTexts {
  /** What is kept: at first, what the process before has left. */
  all(): ReadonlyMap<string, string>
  /** Names of files that could not be read to their end. They are set aside as `.broken`: somebody has to look. */
  readonly broken: readonly string[]
  /** Durable when it resolves. Throws what the file system says: then it may be asked for again. */
  put(key: string, text: string, when?: Urgency): Promise<void>
  /** As `put`; after a crash before that it is there again. */
  remove(key: string, when?: Urgency): Promise<void>
  close(): Promise<void>
}

/** `in-time`: with what else is written within some hundredths of a second, so that nobody's `at-once` waits behind it. */
export type Urgency = 'at-once' | 'in-time'

interface KeptTextsOptions {
  directory: string
  /** A file could not be reserved or removed; it is tried again. */
  onFault: (error: unknown) => void
  reservedBytes?: number
  retryMs?: number
}

interface Kept {
  text: string
  /** Where its newest line is durable. */
  file?: JournalFile
}

/** Of the journal's keys and texts: a key has no space, a text no line break. */
const keyPattern = /^\S+$/
/** Written again at once when a file is full: nobody's text waits for long behind them. */
const movedAtOnce = 50
const inTimeMs = 40
const named = /^[0-9]{9}\.journal$/
const broken = '.broken'

export async function openKeptTexts(options: KeptTextsOptions): Promise<KeptTexts> {
  const { directory, onFault, reservedBytes = 4 * 1024 * 1024, retryMs = 5_000 } = options
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const before = await readLeft(directory)
  const kept = new Map<string, Kept>([...before.texts].map(([key, text]) => [key, { text }]))
  const closing = new AbortController()
  let { number, group } = before
  let older = before.paths
  let current = await createNext()
  let next: JournalFile | undefined
  let staged: { key: string; one: Kept | undefined; written: PromiseWithResolvers<void> }[] = []
  let inTime: NodeJS.Timeout | undefined
  const flush = shareRuns(writeStaged)
  let moving = moveOn()

  function createNext(paced?: AbortSignal): Promise<JournalFile> {
    const path = join(directory, `${String(++number).padStart(9, '0')}.journal`)
    return createJournalFile(path, reservedBytes, paced)
  }

  async function writeStaged(): Promise<void> {
    if (current.isFull && next) {
      const full = current
      ;[current, next] = [next, undefined]
      older = [...older, full.path]
      moving = full.close().then(moveOn, moveOn)
    }
    const lines = staged
    const file = current
    staged = []
    // What comes in time from now on has as long again: a write of its own is one that others wait behind.
    clearTimeout(inTime)
    inTime = undefined
    if (lines.length === 0) return
    try {
      await file.write(
        ++group,
        lines.map(({ key, one }) => (one ? `${key} ${one.text}` : key)),
      )
    } catch (error) {
      for (const { written } of lines) written.reject(error)
      throw error
    }
    for (const { one, written } of lines) {
      if (one) one.file = file
      written.resolve()
    }
  }

  function stage(key: string, one?: Kept, when: Urgency = 'at-once'): Promise<void> {
    const written = Promise.withResolvers<void>()
    staged.push({ key, one, written })
    // Who staged a line is told by it.
    if (when === 'at-once') flush().catch(() => undefined)
    else inTime ??= setTimeout(() => void flush().catch(() => undefined), inTimeMs)
    return written.promise
  }

  /** Ends with everything that is needed in this file, the full ones gone, and the next reserved. */
  async function moveOn(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        const elsewhere = [...kept.keys()].filter((key) => kept.get(key)?.file !== current)
        while (elsewhere.length > 0)
          await Promise.all(
            elsewhere.splice(0, movedAtOnce).flatMap((key) => {
              const one = kept.get(key)
              return one ? [stage(key, one)] : []
            }),
          )
        for (const path of older) await rm(path, { force: true })
        // Before a later one goes: what was removed there would stand here again.
        if (older.length > 0) await syncFolder(directory)
        older = []
        next ??= await createNext(closing.signal)
        return
      } catch (error) {
        onFault(error)
        await wait(retryMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined)
      }
    }
  }

  return {
    all: () => new Map([...kept].map(([key, { text }]) => [key, text])),
    broken: before.broken,
    put(key, text, when) {
      if (!keyPattern.test(key) || text.includes('\n')) throw new RangeError('a key has no space, a text no line break')
      const one = { text }
      kept.set(key, one)
      return stage(key, one, when)
    },
    remove(key, when) {
      kept.delete(key)
      return stage(key, undefined, when)
    },
    async close() {
      closing.abort()
      clearTimeout(inTime)
      await moving
      await flush().catch(() => undefined)
      await current.close()
      await next?.close()
      if (next) await rm(next.path, { force: true })
    },
  }
}

/** What lies in a folder that no process writes into any more; of each key the newest. */
async function readLeft(directory: string) {
  const names = await readdir(directory)
  const newest = new Map<string, { group: number; text: string | undefined }>()
  const setAside = names.filter((name) => name.endsWith(`.journal${broken}`))
  const files = names.filter((name) => named.test(name)).sort()
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
  return { texts, paths, broken: setAside, group, number: Number.parseInt(files.at(-1) ?? '0', 10) }
}

function splitOnce(line: string): [string, string | undefined] {
  const space = line.indexOf(' ')
  return space < 0 ? [line, undefined] : [line.slice(0, space), line.slice(space + 1)]
}
