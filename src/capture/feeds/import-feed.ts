/**
 * Imports one feed's records into the register as contacts. Records that cannot be read are stored in a file of the feed and
 * reported once each; none is dropped silently. Imports no audio.
 */
import { createHash } from 'node:crypto'
import { appendFile, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { admitFromFeed, admitNewFromFeed } from '#register/admit-from-feed.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { reportFeedProblem, reportFeed, type FeedProgress } from '#register/feed-progress.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createCallAssembler, type ReportedCall } from './assemble-calls.ts'
import type { DetailProblem, ReadRecord } from './detail-record.ts'
import type { Feed } from './feeds-file.ts'
import type { FoundRecord } from './follow-folder.ts'
import { classifyCall, splitByCaller, type ClassifiedCall } from './classify-call.ts'
import { describePastCall, type PastCallContext } from './past-calls.ts'
import { readerOf } from './sources.ts'
import { decodeRecord } from './split-records.ts'

export type RunSerially = <Result>(work: () => Promise<Result>) => Promise<Result>

const runAtOnce: RunSerially = (work) => work()

export interface FeedImporterOptions {
  readonly feed: Feed
  /** Folder of this feed, for records that cannot be read. */
  readonly folder: string
  readonly db: Kysely<RegisterTables>
  readonly context: () => PastCallContext
  readonly clock: Clock
  readonly onFault: (error: unknown) => void
  /** Serialises admission over all feeds: if two feeds reported the same call concurrently, both would add it. */
  readonly runSerially?: RunSerially
  /**
   * Maximum bytes of unreadable records in a month; default 1 GB. Above it no unreadable records are accepted and reading
   * stops, because capture uses the same disk.
   */
  readonly maxUnread?: number
  /** Called once for each record that cannot be read, with its file, line and the reason, never its content. */
  readonly onProblem: (problem: { file: string; line: number; reason: DetailProblem; detail?: string }) => void
}

export interface FeedImporter {
  take(record: FoundRecord): Promise<void>
  /** Admits settled calls, and reports the feed's progress to the register. */
  settle(): Promise<void>
  /** Sets the problem that stops the feed; undefined if it works. */
  setProblem(problem: string | undefined): void
  /** Stops admission after the current batch. Later records are ignored. */
  stop(): void
  readonly reader: ReturnType<typeof readerOf>
}

/** Backpressure: reading pauses while more calls than this wait for their last legs. */
const maxWaiting = 20_000
const waitMs = 200
/** Heartbeat interval of a feed, with or without records. */
const heartbeatMs = 60_000
/** Retention of unreadable records in months: the time in which their calls would have counted for an alarm. */
const problemMonths = 3
const defaultMaxUnreadableBytes = 1024 ** 3
/** SQLSTATEs with which the database refuses facts permanently, so that a retry is useless. */
const refusedClasses = /^(?:22|23|P0|42501)/
const codeOf = (error: unknown) => (error as { code?: string }).code ?? ''
const isRefused = (error: unknown) => refusedClasses.test(codeOf(error))
/** SQLSTATEs of the limits for feeds: calls too old (SL002), too many calls at a time (SL003) (database/functions/feeds/matching.sql). */
const isTooOld = (error: unknown) => codeOf(error) === 'SL002'
const isRateLimited = (error: unknown) => codeOf(error) === 'SL003'
/** Maximum calls per transaction, so that other transactions wait for a fraction of a second at most. */
const maxBatch = 500

const noProgress: FeedProgress = {
  heardAt: undefined,
  from: undefined,
  until: undefined,
  records: 0,
  calls: 0,
  outside: 0,
}

/** A call of which no more records are expected. */
interface Ready {
  readonly call: ReportedCall
  classified?: ClassifiedCall
  facts?: SegmentFacts[]
}

export function createFeedImporter(options: FeedImporterOptions): FeedImporter {
  const {
    feed,
    folder,
    db,
    context,
    clock,
    onFault,
    onProblem,
    runSerially = runAtOnce,
    maxUnread = defaultMaxUnreadableBytes,
  } = options
  const reader = readerOf(feed)
  const assembler = createCallAssembler({ settleMs: feed.settleMs })
  const recordsByCallId = new Map<string, FoundRecord[]>()
  let progress = { ...noProgress }
  let fault: string | undefined
  let reported: string | undefined
  let reportedAtMs = 0
  let stopped = false
  let heading: { bytes: Buffer | undefined; text: string } = { bytes: undefined, text: '' }
  const ready: Ready[] = []

  function unreadablePath(): string {
    const month = clock.now().toZonedDateTimeISO('UTC').toPlainDate().toPlainYearMonth().toString()
    return join(folder, `unread-${month}.ndjson`)
  }

  async function assertRoom(): Promise<void> {
    const path = unreadablePath()
    const size = await stat(path).then(
      (unread) => unread.size,
      () => 0,
    )
    if (size >= maxUnread) throw new Error(`too many records could not be parsed: examine ${path} and move it away`)
  }

  async function problem(record: FoundRecord, reason: DetailProblem, detail?: string): Promise<void> {
    const { file, line, bytes } = record
    const problem = detail === undefined ? reason : `${reason} ${detail}`
    const id = createHash('sha256').update(`${feed.name}\n${file}\n${problem}\n`).update(bytes).digest()
    const stored = { at: clock.now().toString(), file, line, reason, detail, record: decodeRecord(bytes).trimEnd() }
    // Stored before it is reported: an operator could not correct a record that is only reported.
    await appendFile(unreadablePath(), `${JSON.stringify(stored)}\n`, { mode: 0o600, flush: true })
    if (await reportFeedProblem(db, { id, feed: feed.name, file, line, reason }))
      onProblem({ file, line, reason, ...(detail !== undefined && { detail }) })
  }

  /** Reads a record. If the reader throws, the record counts as unreadable, so that it does not block later records at every poll. */
  function readSafely(record: FoundRecord): ReadRecord[] {
    try {
      return reader.read(textOf(record.bytes), heading.text)
    } catch (error) {
      onFault(error)
      return [{ is: 'problem', reason: 'not-a-record' }]
    }
  }

  /** Classifies the next calls in `ready`, after the first `after` ones. */
  function classifyNext(after: number): Required<Ready>[] {
    const known = { ...context(), now: clock.now() }
    return ready.slice(after, after + maxBatch).map((one) => {
      one.classified ??= classifyCall(feed.name, one.call, known)
      one.facts ??= one.classified.is === 'call' ? factsOf(one.classified) : []
      return one as Required<Ready>
    })
  }

  /** Discards the classification of calls that were not admitted, and removes them from the quotas: they are classified again next time. */
  function discardClassifications(): void {
    const { quotas } = context()
    for (const { facts } of ready) for (const { segmentId } of facts ?? []) quotas.forget(segmentId)
    ready.splice(0, ready.length, ...ready.map(({ call }) => ({ call })))
  }

  /** Admits the next calls, and removes them from `ready`. Calls that are new to the register are added in one transaction. */
  async function admitSome(): Promise<void> {
    const some = classifyNext(0)
    const batch = some.map(({ facts }) => facts)
    const admission = runSerially(() => admitNewFromFeed(db, feed.name, batch)).catch((error: unknown) => {
      // The database refused a call of the batch: admits them one by one below, to find it.
      if (!isRefused(error)) throw error
      return new Set<number>()
    })
    // Classifies the next calls while the database works.
    const classifying = setImmediate().then(() => (stopped ? [] : classifyNext(some.length)))
    // An error is ignored here; it occurs again when these calls are admitted.
    const nextClassified = classifying.catch(() => undefined)
    const added = await admission.finally(() => nextClassified)
    progress.calls += added.size
    for (const [index, { call, classified, facts }] of some.entries()) {
      await admitOne(call, classified, added.has(index) ? 'added' : facts)
      ready.shift()
    }
  }

  function factsOf({ call, isDoubtful }: Extract<ClassifiedCall, { is: 'call' }>): SegmentFacts[] {
    return describePastCall(call, context()).map((one) =>
      isDoubtful ? { ...one, marks: [...new Set([...one.marks, 'needs-review' as const])] } : one,
    )
  }

  async function admitOne(
    call: ReportedCall,
    classified: ClassifiedCall,
    facts: readonly SegmentFacts[] | 'added',
  ): Promise<void> {
    if (classified.is === 'problem') {
      await storeRecords(call, classified.reason)
    } else if (classified.is === 'outside') {
      progress.outside++
    } else {
      try {
        if (facts !== 'added' && (await runSerially(() => admitFromFeed(db, feed.name, facts))).added > 0)
          progress.calls++
      } catch (error) {
        if (!isRefused(error) && !isTooOld(error)) throw error
        if (isRefused(error)) onFault(error)
        await storeRecords(call, isTooOld(error) ? 'too-old' : 'refused')
      }
      const { startedAt, endedAt } = classified.call
      if (!progress.from || Temporal.Instant.compare(startedAt, progress.from) < 0) progress.from = startedAt
      if (!progress.until || Temporal.Instant.compare(endedAt, progress.until) > 0) progress.until = endedAt
    }
    call.acknowledge()
  }

  /** Stores every record of a call as unreadable; only once if other calls of its conference are refused too. */
  async function storeRecords({ reportedBy }: ReportedCall, reason: DetailProblem): Promise<void> {
    for (const id of reportedBy) {
      for (const record of recordsByCallId.get(id) ?? []) await problem(record, reason)
      recordsByCallId.delete(id)
    }
  }

  async function report(): Promise<void> {
    const hasNoNews =
      progress.records === 0 && progress.calls === 0 && progress.outside === 0 && reported === (fault ?? '')
    const nowMs = clock.now().epochMilliseconds
    if (hasNoNews && nowMs - reportedAtMs < heartbeatMs) return
    const now = progress
    progress = { ...noProgress }
    try {
      const covers = feed.covers && coveredKeys()
      await reportFeed(db, { name: feed.name, source: feed.source, covers }, now, fault)
      reported = fault ?? ''
      reportedAtMs = nowMs
    } catch (error) {
      progress = { ...now, records: now.records + progress.records, heardAt: progress.heardAt ?? now.heardAt }
      throw error
    }
  }

  function coveredKeys(): string[] {
    const { numbering } = context().versionAt(clock.now()).description
    return (feed.covers ?? []).map((one) => normalisePhoneNumber(one, numbering).key).filter((key) => key !== null)
  }

  return {
    reader,
    async take(record) {
      while (assembler.waiting >= maxWaiting && !stopped) await new Promise((resolve) => setTimeout(resolve, waitMs))
      if (stopped) return
      if (heading.bytes !== record.heading) heading = { bytes: record.heading, text: textOf(record.heading) }
      const isUtf16 = record.bytes.includes(0)
      const results = isUtf16
        ? [{ is: 'problem', reason: 'encoding' } as const]
        : record.isInvalidInterval
          ? [{ is: 'problem', reason: 'too-long' } as const]
          : readSafely(record)
      if (results.some(({ is }) => is === 'problem')) await assertRoom()
      let open = 1
      const finishOne = () => {
        if (--open === 0) record.acknowledge()
      }
      progress.records += results.some(({ is }) => is !== 'nothing') ? 1 : 0
      const now = clock.now()
      if (results.length > 0) progress.heardAt = now
      for (const result of results) {
        if (result.is === 'problem') await problem(record, result.reason, result.detail)
        if (result.is !== 'record') continue
        open++
        recordsByCallId.set(result.record.callId, [...(recordsByCallId.get(result.record.callId) ?? []), record])
        const { callId } = result.record
        assembler.add(result.record, now.epochMilliseconds, () => {
          recordsByCallId.delete(callId)
          finishOne()
        })
      }
      finishOne()
    },
    async settle() {
      let settled: ReportedCall[]
      do {
        settled = assembler.settled(clock.now().epochMilliseconds)
        const known = context()
        ready.push(...settled.flatMap((call) => splitByCaller(call, known)).map((call) => ({ call })))
        // Calls that could not be admitted stay in `ready` and are retried.
        try {
          while (ready.length > 0 && !stopped) await admitSome()
        } catch (error) {
          if (!isRateLimited(error)) throw error
          settled = []
        } finally {
          discardClassifications()
        }
        await report()
        // In a long file, more calls may have settled meanwhile.
      } while (settled.length >= maxBatch && !stopped)
    },
    stop() {
      stopped = true
    },
    setProblem(problem) {
      fault = problem
    },
  }
}

function textOf(bytes: Buffer): string {
  return decodeRecord(bytes)
    .replace(/^\uFEFF/, '')
    .trimEnd()
}

/** Removes files of unreadable records after their retention. */
export async function deleteExpiredUnreadable(folder: string, now: Temporal.Instant): Promise<void> {
  const oldest = now
    .toZonedDateTimeISO('UTC')
    .toPlainDate()
    .toPlainYearMonth()
    .subtract({ months: problemMonths })
    .toString()
  for (const name of await readdir(folder)) {
    const month = /^unread-(\d{4}-\d\d)\.ndjson$/.exec(name)?.[1]
    if (month !== undefined && month < oldest) await rm(join(folder, name))
  }
}
