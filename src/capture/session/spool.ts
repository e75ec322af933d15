/**
 * Facts on their way to the register. In: a segment's facts whenever they change. Out: the same facts admitted, in
 * order, however long the database is away; on disk until then. Never here: a call that waits for the database.
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SegmentFacts } from '#register/admit.ts'
import type { AdmitFacts } from './admit-facts.ts'
import { readFacts, writeFacts } from './facts-file.ts'

export interface Spool {
  /** Makes facts durable; they are admitted soon after. Facts of one segment replace those before them. */
  note(facts: SegmentFacts): Promise<void>
  /**
   * What an earlier process left: segments whose end was never admitted. A file that cannot be read is set aside as
   * `.broken` and named: a person has to look, and its recording stays where it is.
   */
  left(): Promise<{ segments: SegmentFacts[]; broken: string[] }>
  /** Segments that wait to be admitted. */
  readonly waiting: number
  /** Resolves when everything noted so far is admitted. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export interface SpoolOptions {
  directory: string
  admit: AdmitFacts
  /** An admission failed and is tried again. */
  onFault: (error: unknown, facts: SegmentFacts) => void
  retryMs?: number
}

const atOnce = 8

/** Opens the spool in a folder; what lies there is admitted again (admission is idempotent). */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { directory, admit, onFault, retryMs = 1000 } = options
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const latest = new Map<string, SegmentFacts>()
  const writing = new Map<string, Promise<void>>()
  const busy = new Set<string>()
  /** Failed since the last retry; busy until the next. */
  const failed = new Set<string>()
  /** Refused by the disk: a crash would lose them, and the recording with them. */
  const unwritten = new Map<string, SegmentFacts>()
  const listeners = new Set<() => void>()
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const folder = await open(directory, 'r')

  const pathOf = (segmentId: string) => join(directory, `${segmentId}.json`)

  async function write(facts: SegmentFacts): Promise<void> {
    const unfinished = `${pathOf(facts.segmentId)}.new`
    const file = await open(unfinished, 'w', 0o600)
    try {
      await file.writeFile(writeFacts(facts))
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(unfinished, pathOf(facts.segmentId))
    await folder.sync()
  }

  function pump(): void {
    if (stopped) return
    for (const [segmentId, facts] of latest) {
      if (busy.size >= atOnce) return
      if (busy.has(segmentId)) continue
      busy.add(segmentId)
      void deliver(facts)
    }
    if (latest.size === 0) for (const listener of listeners) listener()
  }

  function retryLater(): void {
    if (!stopped) timer ??= setTimeout(retry, retryMs)
  }

  /** Writes after what is being written of the segment. */
  async function writeInTurn(facts: SegmentFacts): Promise<void> {
    const { segmentId } = facts
    const before = writing.get(segmentId) ?? Promise.resolve()
    const written = before.catch(() => undefined).then(() => write(facts))
    writing.set(segmentId, written)
    try {
      await written
      unwritten.delete(segmentId)
    } catch (error) {
      unwritten.set(segmentId, facts)
      throw error
    } finally {
      if (writing.get(segmentId) === written) writing.delete(segmentId)
    }
  }

  /** Only what failed: facts still being admitted must not be overtaken by newer ones of their segment. */
  function retry(): void {
    timer = undefined
    for (const facts of unwritten.values()) writeInTurn(facts).catch(retryLater)
    for (const segmentId of failed) busy.delete(segmentId)
    failed.clear()
    pump()
  }

  async function deliver(facts: SegmentFacts): Promise<void> {
    const { segmentId } = facts
    try {
      await admit(facts)
      // Nothing newer came meanwhile: this is what the register holds now.
      if (latest.get(segmentId) === facts) {
        if (isFinal(facts)) {
          unwritten.delete(segmentId)
          await rm(pathOf(segmentId), { force: true })
        }
        latest.delete(segmentId)
      }
    } catch (error) {
      onFault(error, facts)
      // To the end of the line: facts that the register never takes do not keep the others from it.
      const newest = latest.get(segmentId)
      latest.delete(segmentId)
      if (newest) latest.set(segmentId, newest)
      // Busy until the timer: a database that is away is not asked eight times a millisecond.
      failed.add(segmentId)
      retryLater()
      return
    }
    busy.delete(segmentId)
    pump()
  }

  return {
    async note(facts) {
      try {
        await writeInTurn(facts)
      } catch (error) {
        retryLater()
        throw error
      } finally {
        latest.set(facts.segmentId, facts)
        pump()
      }
    },
    async left() {
      const segments: SegmentFacts[] = []
      const broken: string[] = []
      for (const name of await readdir(directory)) {
        const path = join(directory, name)
        if (name.endsWith('.new')) await rm(path, { force: true })
        if (name.endsWith('.broken')) broken.push(name)
        if (!name.endsWith('.json')) continue
        const text = await readFile(path, 'utf8')
        try {
          segments.push(readFacts(text))
        } catch {
          await rename(path, `${path}.broken`)
          broken.push(`${name}.broken`)
        }
      }
      return { segments, broken }
    },
    get waiting() {
      return latest.size
    },
    settled() {
      if (latest.size === 0) return Promise.resolve()
      return new Promise((resolve) => {
        const listener = () => {
          listeners.delete(listener)
          resolve()
        }
        listeners.add(listener)
      })
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      await Promise.allSettled(writing.values())
      await folder.close()
    },
  }
}

/** Nothing more will come for this segment. */
function isFinal(facts: SegmentFacts): boolean {
  return (
    facts.endedAt !== undefined &&
    (!facts.recording || facts.recording.stored !== undefined || facts.recording.gone === true)
  )
}
