/**
 * Queue of segments' facts for the register. Facts are stored durably on disk until the register has admitted them, so that no
 * call waits for the database. Facts of one segment are admitted in order.
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
   * Stores facts durably. They are admitted soon after, or only at the end of the call if the client may still report that the
   * call is outside this register (R8). Newer facts of a segment replace older ones.
   */
  store(facts: SegmentFacts): Promise<void>
  /** Stores facts in advance, for which `store` is called later with the same object. They are not admitted before that. */
  storeInAdvance(facts: SegmentFacts): Promise<void>
  /** Deletes facts that are not admitted, because the expected event did not happen or the call is outside this register. */
  withdraw(segmentId: string): Promise<void>
  /**
   * Returns the segments of an earlier process whose end was not admitted. A file that cannot be read completely is renamed to
   * `.broken`, and its name is returned so that a person checks it. Recordings of its segments are not changed.
   */
  unfinished(): { segments: SegmentFacts[]; broken: string[] }
  /** Number of segments that wait to be admitted. */
  readonly waiting: number
  /** Time since which an admission has failed (performance.now()), the earliest if several; undefined if none fails. */
  readonly refused: { sinceMs: number; code: 'not-admitted' } | undefined
  /** Retries at once all segments that another node also reports, because use of one may have been forbidden. */
  retryReportedElsewhere(): void
  /** Resolves when all stored facts are admitted. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export interface SpoolOptions {
  directory: string
  admit: AdmitFacts
  /** Called when an admission failed and will be retried; without facts if the journal could not open its next file. */
  onFault: (error: unknown, facts?: SegmentFacts) => void
  /** Called when the conversation must not be recorded (R49, R14), as decided at another node: its recording here must stop. */
  onStops?: (facts: SegmentFacts) => void
  /** Called when another node has reported the whole conversation: deletes the recording here. The facts are kept until then. */
  onReported?: (facts: SegmentFacts) => Promise<void>
  retryMs?: number
  /** Interval of retries for segments that another node also reports. */
  reportedElsewhereMs?: number
  /** Time for which the end of a call waits until its recording is stored, so that one admission reports both. */
  storedMs?: number
}

/** Maximum concurrent admissions. Those that start together are one statement (admit-facts.ts). */
const maxConcurrentAdmissions = 64

/** Opens the spool in a folder, and admits its facts again (admission is idempotent). */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { directory, admit, onFault, retryMs = 1000, reportedElsewhereMs = 5_000, storedMs = 500 } = options
  const journal = await openTextJournal({ directory, onFault: (error) => onFault(error) })
  const unreadable = await importOldFiles(directory, journal)
  const latest = new Map<string, SegmentFacts>()
  const busy = new Set<string>()
  /** Ids of segments whose admission has failed since the last retry. They stay in `busy` until the next. */
  const failed = new Set<string>()
  /** Time of the first failure, by segment id. */
  const refusedSince = new Map<string, number>()
  /** Ids of segments of conversations in progress that another node reports. */
  const reportedElsewhere = new Set<string>()
  /** Contacts of such conversations by segment id, reused while the caller is the same, because match_by_ids is rate-limited. */
  const contacts = new Map<string, { id: string; caller: string }>()
  /** Ids of ended segments whose recording is expected to be stored soon. */
  const ending = new Set<string>()
  /** Facts that could not be written to disk. A crash would lose them, and their recordings. */
  const unwritten = new Map<string, SegmentFacts>()
  const inAdvance = new Map<string, { facts: SegmentFacts; written: Promise<void> }>()
  const listeners = new Set<() => void>()
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const reportedElsewhereTimer = setInterval(retryReportedElsewhere, reportedElsewhereMs)
  reportedElsewhereTimer.unref()

  function admitNext(): void {
    if (stopped) return
    for (const [segmentId, facts] of latest) {
      if (busy.size >= maxConcurrentAdmissions) return
      if (busy.has(segmentId) || reportedElsewhere.has(segmentId) || ending.has(segmentId)) continue
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

  /** Retries failed segments only: newer facts must not overtake those that are still being admitted. */
  function retry(): void {
    timer = undefined
    for (const facts of unwritten.values()) write(facts).catch(retryLater)
    for (const segmentId of failed) busy.delete(segmentId)
    failed.clear()
    admitNext()
  }

  function waitForStored(facts: SegmentFacts): void {
    const { segmentId, endedAt } = facts
    if (!endedAt || isFinal(facts)) return void ending.delete(segmentId)
    ending.add(segmentId)
    setTimeout(() => ending.delete(segmentId) && admitNext(), storedMs).unref()
  }

  function retryReportedElsewhere(): void {
    if (reportedElsewhere.size === 0) return
    reportedElsewhere.clear()
    admitNext()
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
      // There are no newer facts, so the register is up to date for this segment.
      if (latest.get(segmentId) === facts) {
        if (admission.verdict === 'beside') {
          reportedElsewhere.add(segmentId)
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
      // Moves the segment to the end, so that facts that always fail do not block others.
      const newest = latest.get(segmentId)
      latest.delete(segmentId)
      if (newest) latest.set(segmentId, newest)
      // Stays in `busy` until the retry: otherwise an unavailable database would get eight requests per millisecond.
      failed.add(segmentId)
      if (!refusedSince.has(segmentId)) refusedSince.set(segmentId, performance.now())
      retryLater()
      return
    }
    busy.delete(segmentId)
    admitNext()
  }

  return {
    async store(facts) {
      const ahead = inAdvance.get(facts.segmentId)
      inAdvance.delete(facts.segmentId)
      try {
        await (ahead?.facts === facts ? ahead.written : write(facts))
      } catch (error) {
        retryLater()
        throw error
      } finally {
        if (!isHeldBack(facts)) {
          latest.set(facts.segmentId, facts)
          reportedElsewhere.delete(facts.segmentId)
          waitForStored(facts)
          admitNext()
        }
      }
    },
    async storeInAdvance(facts) {
      const written = write(facts)
      inAdvance.set(facts.segmentId, { facts, written })
      // An error is thrown later by `store`.
      await written.catch(() => undefined)
    },
    async withdraw(segmentId) {
      inAdvance.delete(segmentId)
      unwritten.delete(segmentId)
      await journal.erase(segmentId)
    },
    unfinished() {
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
    retryReportedElsewhere,
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
      clearInterval(reportedElsewhereTimer)
      await journal.close()
    },
  }
}

/** Returns true if a segment's facts will not change any more. */
export function isFinal(facts: SegmentFacts): boolean {
  return (
    facts.endedAt !== undefined &&
    (!facts.recording || facts.recording.stored !== undefined || facts.recording.gone === true)
  )
}

/**
 * Imports the files of the previous version, which wrote one per segment, into the journal.
 * @returns the names of unreadable files, renamed to `.broken` now or earlier
 */
async function importOldFiles(directory: string, journal: TextJournal): Promise<string[]> {
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
