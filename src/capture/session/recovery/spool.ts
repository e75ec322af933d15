/**
 * Queues segments' facts for the register: durable on disk until admitted, in order, however long the database is away. No call
 * waits for the database.
 */
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openTextJournal, type TextJournal } from '#platform/journal/text-journal.ts'
import type { SegmentFacts } from '#register/admit.ts'
import type { AdmitFacts } from '../register/admit-facts.ts'
import { isHeldBack } from '../machine/describe-segment.ts'
import { readFacts, writeFacts } from './facts-file.ts'

export interface Spool {
  /**
   * Makes facts durable. They are admitted soon after; at the end of the call if the client may still report that it is not of
   * this register (R8). Newer facts of a segment replace older ones.
   */
  note(facts: SegmentFacts): Promise<void>
  /** Writes facts ahead: `note` is called later with the very same facts. Until then they are not admitted. */
  foresee(facts: SegmentFacts): Promise<void>
  /** Erases facts that were foreseen or not admitted, once their event did not happen or the call is not of this register. */
  withdraw(segmentId: string): Promise<void>
  /**
   * Returns what an earlier process left: segments whose end was never admitted. A file with anything unreadable is set aside
   * as `.broken` and named for a person to check; recordings of its segments are not touched.
   */
  left(): { segments: SegmentFacts[]; broken: string[] }
  /** Segments that wait to be admitted. */
  readonly waiting: number
  /** Of segments that the register refuses, since when the first is (as performance.now() counts); nothing where it refuses none. */
  readonly refused: { sinceMs: number; code: 'not-admitted' } | undefined
  /** Retries segments that another node holds as well, at once: one of them may have been forbidden. */
  retryBeside(): void
  /** Resolves when everything noted so far is admitted. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export interface SpoolOptions {
  directory: string
  admit: AdmitFacts
  /** Called when an admission failed and will be retried; without facts, when the journal could not open its next file. */
  onFault: (error: unknown, facts?: SegmentFacts) => void
  /** Called when another node holds this conversation as not to be recorded (R49, R14): its recording here must stop. */
  onStops?: (facts: SegmentFacts) => void
  /** Called when another node has reported all of it: deletes its recording here. The facts stay until that is done. */
  onReported?: (facts: SegmentFacts) => Promise<void>
  retryMs?: number
  /** Interval of retries for segments that another node holds as well. */
  besideMs?: number
  /** How long the end of a call waits for its stored recording, which usually follows; both are then one admission. */
  storedMs?: number
}

/** Being admitted; those that come together are one statement (admit-facts.ts). */
const atOnce = 64

/** Opens the spool in a folder, and admits its facts again (admission is idempotent). */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { directory, admit, onFault, retryMs = 1000, besideMs = 5_000, storedMs = 500 } = options
  const journal = await openTextJournal({ directory, onFault: (error) => onFault(error) })
  const unreadable = await takeOldFiles(directory, journal)
  const latest = new Map<string, SegmentFacts>()
  const busy = new Set<string>()
  /** Failed since the last retry; busy until the next. */
  const failed = new Set<string>()
  /** Since its first failure. */
  const refusedSince = new Map<string, number>()
  /** Segments of a conversation that another node reports and continues. */
  const beside = new Set<string>()
  /** Contacts of such conversations, reused while the caller is the same: match_by_ids counts its calls. */
  const contacts = new Map<string, { id: string; caller: string }>()
  /** Over, and about to be stored. */
  const ending = new Set<string>()
  /** Refused by the disk: a crash would lose them, and the recording with them. */
  const unwritten = new Map<string, SegmentFacts>()
  const foreseen = new Map<string, { facts: SegmentFacts; written: Promise<void> }>()
  const listeners = new Set<() => void>()
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const request = setInterval(retryBeside, besideMs)
  request.unref()

  function pump(): void {
    if (stopped) return
    for (const [segmentId, facts] of latest) {
      if (busy.size >= atOnce) return
      if (busy.has(segmentId) || beside.has(segmentId) || ending.has(segmentId)) continue
      busy.add(segmentId)
      void deliver(facts)
    }
    if (latest.size === 0) for (const listener of listeners) listener()
  }

  function retryLater(): void {
    if (!stopped) timer ??= setTimeout(retry, retryMs)
  }

  async function write(facts: SegmentFacts): Promise<void> {
    const { segmentId } = facts
    try {
      await journal.put(segmentId, writeFacts(facts), facts.endedAt ? 'in-time' : 'at-once')
      unwritten.delete(segmentId)
    } catch (error) {
      unwritten.set(segmentId, facts)
      throw error
    }
  }

  /** Retries failed ones only: facts still being admitted must not be overtaken by newer ones of their segment. */
  function retry(): void {
    timer = undefined
    for (const facts of unwritten.values()) write(facts).catch(retryLater)
    for (const segmentId of failed) busy.delete(segmentId)
    failed.clear()
    pump()
  }

  function waitForStored(facts: SegmentFacts): void {
    const { segmentId, endedAt } = facts
    if (!endedAt || isFinal(facts)) return void ending.delete(segmentId)
    ending.add(segmentId)
    setTimeout(() => ending.delete(segmentId) && pump(), storedMs).unref()
  }

  function retryBeside(): void {
    if (beside.size === 0) return
    beside.clear()
    pump()
  }

  async function deliver(facts: SegmentFacts): Promise<void> {
    const { segmentId } = facts
    try {
      const caller = `${facts.caller.kind} ${facts.caller.key}`
      const known = contacts.get(segmentId)
      const admission = await admit(known?.caller === caller ? { ...facts, contactId: known.id } : facts)
      if (admission.verdict === 'beside') contacts.set(segmentId, { id: admission.contactId, caller })
      else contacts.delete(segmentId)
      refusedSince.delete(segmentId)
      // Nothing newer has come: the register holds these facts now.
      if (latest.get(segmentId) === facts) {
        if (admission.verdict === 'beside') {
          beside.add(segmentId)
          if (admission.stops) options.onStops?.(facts)
        } else {
          if (admission.verdict === 'told') await options.onReported?.(facts)
          if (isFinal(facts)) {
            unwritten.delete(segmentId)
            await journal.remove(segmentId, 'in-time')
          }
          latest.delete(segmentId)
        }
      }
    } catch (error) {
      onFault(error, facts)
      // Moved to the end, so that facts the register never accepts do not block others.
      const newest = latest.get(segmentId)
      latest.delete(segmentId)
      if (newest) latest.set(segmentId, newest)
      // Busy until the timer: without it an absent database would get eight requests a millisecond.
      failed.add(segmentId)
      if (!refusedSince.has(segmentId)) refusedSince.set(segmentId, performance.now())
      retryLater()
      return
    }
    busy.delete(segmentId)
    pump()
  }

  return {
    async note(facts) {
      const ahead = foreseen.get(facts.segmentId)
      foreseen.delete(facts.segmentId)
      try {
        await (ahead?.facts === facts ? ahead.written : write(facts))
      } catch (error) {
        retryLater()
        throw error
      } finally {
        if (!isHeldBack(facts)) {
          latest.set(facts.segmentId, facts)
          beside.delete(facts.segmentId)
          waitForStored(facts)
          pump()
        }
      }
    },
    async foresee(facts) {
      const written = write(facts)
      foreseen.set(facts.segmentId, { facts, written })
      // `note` throws the error.
      await written.catch(() => undefined)
    },
    async withdraw(segmentId) {
      foreseen.delete(segmentId)
      unwritten.delete(segmentId)
      await journal.erase(segmentId)
    },
    left() {
      const segments: SegmentFacts[] = []
      const broken = [...journal.broken, ...unreadable]
      for (const [segmentId, text] of journal.all()) {
        const facts = read(text)
        if (facts) segments.push(facts)
        else broken.push(segmentId)
      }
      return { segments, broken }
    },
    get waiting() {
      return latest.size
    },
    get refused() {
      if (refusedSince.size === 0) return undefined
      return { sinceMs: Math.min(...refusedSince.values()), code: 'not-admitted' as const }
    },
    retryBeside,
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
      clearInterval(request)
      await journal.close()
    },
  }
}

/** Nothing more will come for this segment. */
export function isFinal(facts: SegmentFacts): boolean {
  return (
    facts.endedAt !== undefined &&
    (!facts.recording || facts.recording.stored !== undefined || facts.recording.gone === true)
  )
}

/**
 * A file for each segment, as the version before this one wrote them, into the journal.
 * @returns the names of those that cannot be read, set aside now or before
 */
async function takeOldFiles(directory: string, journal: TextJournal): Promise<string[]> {
  const names = await readdir(directory)
  const unreadable = names.filter((name) => name.endsWith('.json.broken'))
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const path = join(directory, name)
    const facts = read(await readFile(path, 'utf8'))
    if (facts) {
      await journal.put(facts.segmentId, writeFacts(facts))
      await rm(path)
    } else {
      await rename(path, `${path}.broken`)
      unreadable.push(`${name}.broken`)
    }
  }
  return unreadable
}

function read(text: string): SegmentFacts | undefined {
  try {
    return readFacts(text)
  } catch {
    return undefined
  }
}
