/**
 * One feed from its bytes to the register. In: records as their source writes them. Out: contacts; records that cannot be
 * read in the feed's own file, each told once. Never here: a record that is dropped without a word, or audio.
 */
import { createHash } from 'node:crypto'
import { appendFile, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { admitFed, admitNewFed } from '#register/admit-from-feed.ts'
import type { SegmentFacts } from '#register/admit.ts'
import { reportFedProblem, reportFeed, type FedProgress } from '#register/feed-progress.ts'
import type { RegisterTables } from '#register/tables.ts'
import { createCallAssembler, type ToldCall } from './assemble-calls.ts'
import type { DetailProblem, ReadRecord } from './detail-record.ts'
import type { Feed } from './feeds-file.ts'
import type { FoundRecord } from './follow-folder.ts'
import { judgeCall, splitByCaller, type Judged } from './judge-call.ts'
import { describePastCall, type PastCallContext } from './past-calls.ts'
import { readerOf } from './sources.ts'
import { decodeRecord } from './split-records.ts'

export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>

const atOnce: InTurn = (work) => work()

export interface FeedTakerOptions {
  readonly feed: Feed
  /** Of this feed alone: records that cannot be read lie here. */
  readonly folder: string
  readonly db: Kysely<RegisterTables>
  readonly context: () => PastCallContext
  readonly clock: Clock
  readonly onFault: (error: unknown) => void
  /** Calls are admitted one after another, whichever feed tells of them: two that tell of the same call would both find it new. */
  readonly inTurn?: InTurn
  /** Bytes of records that cannot be read, of a month; 1 GB unless said. Then nothing more is read: the disk is capture's, too. */
  readonly unreadMost?: number
  /** Told once for each record that cannot be read: where it is and why, never what it says. */
  readonly onProblem: (problem: { file: string; line: number; reason: DetailProblem; detail?: string }) => void
}

export interface FeedTaker {
  take(record: FoundRecord): Promise<void>
  /** Admits what has settled, and tells the register how far the feed is. */
  settle(): Promise<void>
  /** What keeps the feed from telling anything; undefined when nothing does. */
  fault(what: string | undefined): void
  /** Ends settling after what is being admitted, and taking: what is handed on from now on is not taken. */
  stop(): void
  readonly reader: ReturnType<typeof readerOf>
}

/** More calls than this wait for their last legs: reading waits, too. */
const mostWaiting = 20_000
const waitMs = 200
/** So often the register is told that the feed is there, told anything or not. */
const stillThereMs = 60_000
/** Kept as long as the history of such a call would have counted for an alarm. */
const problemMonths = 3
const usualUnreadMost = 1024 ** 3
/** The database refuses these facts, and would again: classes of SQLSTATE. */
const refusedClasses = /^(?:22|23|P0|42501)/
const codeOf = (error: unknown) => (error as { code?: string }).code ?? ''
const isRefused = (error: unknown) => refusedClasses.test(codeOf(error))
/** How far back, and how much at a time, a feed may ask about calls (database/functions/feeds/meet.sql). */
const isTooOld = (error: unknown) => codeOf(error) === 'SL002'
const isTooMuchForNow = (error: unknown) => codeOf(error) === 'SL003'
/** So many calls are admitted in one transaction: others wait for no longer than a fraction of a second. */
const atOnceMost = 500

const nothingYet: FedProgress = {
  heardAt: undefined,
  from: undefined,
  until: undefined,
  records: 0,
  calls: 0,
  outside: 0,
}

/** A call that nothing more is expected of. */
interface Ready {
  readonly call: ToldCall
  judged?: Judged
  facts?: SegmentFacts[]
}

export function takeFeed(options: FeedTakerOptions): FeedTaker {
  const {
    feed,
    folder,
    db,
    context,
    clock,
    onFault,
    onProblem,
    inTurn = atOnce,
    unreadMost = usualUnreadMost,
  } = options
  const reader = readerOf(feed)
  const assembler = createCallAssembler({ settleMs: feed.settleMs })
  const places = new Map<string, FoundRecord[]>()
  let progress = { ...nothingYet }
  let fault: string | undefined
  let told: string | undefined
  let toldAtMs = 0
  let stopped = false
  let heading: { bytes: Buffer | undefined; text: string } = { bytes: undefined, text: '' }
  const ready: Ready[] = []

  function unreadPath(): string {
    const month = clock.now().toZonedDateTimeISO('UTC').toPlainDate().toPlainYearMonth().toString()
    return join(folder, `unread-${month}.ndjson`)
  }

  async function assertRoom(): Promise<void> {
    const path = unreadPath()
    const size = await stat(path).then(
      (unread) => unread.size,
      () => 0,
    )
    if (size >= unreadMost) throw new Error(`too much could not be read: ${path} is to be looked at and moved away`)
  }

  async function problem(record: FoundRecord, reason: DetailProblem, detail?: string): Promise<void> {
    const { file, line, bytes } = record
    const what = detail === undefined ? reason : `${reason} ${detail}`
    const id = createHash('sha256').update(`${feed.name}\n${file}\n${what}\n`).update(bytes).digest()
    const kept = { at: clock.now().toString(), file, line, reason, detail, record: decodeRecord(bytes).trimEnd() }
    // The record first: one that is told of and not kept could not be mended.
    await appendFile(unreadPath(), `${JSON.stringify(kept)}\n`, { mode: 0o600, flush: true })
    if (await reportFedProblem(db, { id, feed: feed.name, file, line, reason }))
      onProblem({ file, line, reason, ...(detail !== undefined && { detail }) })
  }

  /** A record that a reader fails at is one that cannot be read: it must not keep the others from being read, look after look. */
  function readSafely(record: FoundRecord): ReadRecord[] {
    try {
      return reader.read(textOf(record.bytes), heading.text)
    } catch (error) {
      onFault(error)
      return [{ is: 'problem', reason: 'not-a-record' }]
    }
  }

  /** Says what the next calls are, after so many. */
  function judgeNext(after: number): Required<Ready>[] {
    const known = { ...context(), now: clock.now() }
    return ready.slice(after, after + atOnceMost).map((one) => {
      one.judged ??= judgeCall(feed.name, one.call, known)
      one.facts ??= one.judged.is === 'call' ? factsOf(one.judged) : []
      return one as Required<Ready>
    })
  }

  /** What is not admitted now is judged anew, by what is known then; until then no quota counts it. */
  function forgetJudged(): void {
    const { quotas } = context()
    for (const { facts } of ready) for (const { segmentId } of facts ?? []) quotas.forget(segmentId)
    ready.splice(0, ready.length, ...ready.map(({ call }) => ({ call })))
  }

  /** Admits calls in their order; those that are new to the register all at once. What is dealt with leaves `ready`. */
  async function admitSome(): Promise<void> {
    const some = judgeNext(0)
    const told = some.map(({ facts }) => facts)
    const admission = inTurn(() => admitNewFed(db, feed.name, told)).catch((error: unknown) => {
      // One of them is refused: which, is found out one by one.
      if (!isRefused(error)) throw error
      return new Set<number>()
    })
    // While the database works.
    const judging = setImmediate().then(() => (stopped ? [] : judgeNext(some.length)))
    // What is wrong with one of those is told in its turn.
    const judgedNext = judging.catch(() => undefined)
    const added = await admission.finally(() => judgedNext)
    progress.calls += added.size
    for (const [place, { call, judged, facts }] of some.entries()) {
      await admitOne(call, judged, added.has(place) ? 'added' : facts)
      ready.shift()
    }
  }

  function factsOf({ call, isDoubtful }: Extract<Judged, { is: 'call' }>): SegmentFacts[] {
    return describePastCall(call, context()).map((one) =>
      isDoubtful ? { ...one, marks: [...new Set([...one.marks, 'needs-review' as const])] } : one,
    )
  }

  async function admitOne(call: ToldCall, judged: Judged, facts: readonly SegmentFacts[] | 'added'): Promise<void> {
    if (judged.is === 'problem') {
      await keepRecords(call, judged.reason)
    } else if (judged.is === 'outside') {
      progress.outside++
    } else {
      try {
        if (facts !== 'added' && (await inTurn(() => admitFed(db, feed.name, facts))).added > 0) progress.calls++
      } catch (error) {
        if (!isRefused(error) && !isTooOld(error)) throw error
        if (isRefused(error)) onFault(error)
        await keepRecords(call, isTooOld(error) ? 'too-old' : 'refused')
      }
      const { startedAt, endedAt } = judged.call
      if (!progress.from || Temporal.Instant.compare(startedAt, progress.from) < 0) progress.from = startedAt
      if (!progress.until || Temporal.Instant.compare(endedAt, progress.until) > 0) progress.until = endedAt
    }
    call.taken()
  }

  /** Every record that tells of a call, once where others of its conference are problems, too. */
  async function keepRecords({ toldBy }: ToldCall, reason: DetailProblem): Promise<void> {
    for (const id of toldBy) {
      for (const record of places.get(id) ?? []) await problem(record, reason)
      places.delete(id)
    }
  }

  async function report(): Promise<void> {
    const isNothing = progress.records === 0 && progress.calls === 0 && progress.outside === 0 && told === (fault ?? '')
    const nowMs = clock.now().epochMilliseconds
    if (isNothing && nowMs - toldAtMs < stillThereMs) return
    const now = progress
    progress = { ...nothingYet }
    try {
      const covers = feed.covers && coveredKeys()
      await reportFeed(db, { name: feed.name, source: feed.source, covers }, now, fault)
      told = fault ?? ''
      toldAtMs = nowMs
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
      while (assembler.waiting >= mostWaiting && !stopped) await new Promise((resolve) => setTimeout(resolve, waitMs))
      if (stopped) return
      if (heading.bytes !== record.heading) heading = { bytes: record.heading, text: textOf(record.heading) }
      const isUtf16 = record.bytes.includes(0)
      const results = isUtf16
        ? [{ is: 'problem', reason: 'encoding' } as const]
        : record.isTooLong
          ? [{ is: 'problem', reason: 'too-long' } as const]
          : readSafely(record)
      if (results.some(({ is }) => is === 'problem')) await assertRoom()
      let open = 1
      const one = () => {
        if (--open === 0) record.taken()
      }
      progress.records += results.some(({ is }) => is !== 'nothing') ? 1 : 0
      const now = clock.now()
      if (results.length > 0) progress.heardAt = now
      for (const result of results) {
        if (result.is === 'problem') await problem(record, result.reason, result.detail)
        if (result.is !== 'record') continue
        open++
        places.set(result.record.callId, [...(places.get(result.record.callId) ?? []), record])
        const { callId } = result.record
        assembler.add(result.record, now.epochMilliseconds, () => {
          places.delete(callId)
          one()
        })
      }
      one()
    },
    async settle() {
      let settled: ToldCall[]
      do {
        settled = assembler.settled(clock.now().epochMilliseconds)
        const known = context()
        ready.push(...settled.flatMap((told) => splitByCaller(told, known)).map((call) => ({ call })))
        // What fails is tried again.
        try {
          while (ready.length > 0 && !stopped) await admitSome()
        } catch (error) {
          if (!isTooMuchForNow(error)) throw error
          settled = []
        } finally {
          forgetJudged()
        }
        await report()
        // Of a long file more has settled meanwhile.
      } while (settled.length >= atOnceMost && !stopped)
    },
    stop() {
      stopped = true
    },
    fault(what) {
      fault = what
    },
  }
}

function textOf(bytes: Buffer): string {
  return decodeRecord(bytes)
    .replace(/^\uFEFF/, '')
    .trimEnd()
}

/** Removes what could not be read so long ago that nobody mends it any more. */
export async function forgetUnread(folder: string, now: Temporal.Instant): Promise<void> {
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
