import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import { listFeedProblems } from '#use/reconciliation/list-feed-problems.ts'
import { explainUnreconciled, listUnreconciled, type Unreconciled } from '#use/reconciliation/list-unreconciled.ts'
import {
  longestPeriodDays,
  readReconciliation,
  type FeedState as Feed,
  type Period,
  type Reconciled,
} from '#use/reconciliation/read-reconciliation.ts'
import { operations } from '../contract/operations.ts'
import type { FeedState, ReconciledCount, UnreconciledCall } from '../contract/reconciliation.ts'
import type { Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import { refuse } from '../refuse.ts'
import type { Routes } from '../routes.ts'

const zone = 'Europe/Helsinki'
const pageSize = 50
/** Of today and the six days before. */
const daysUnlessTold = 6
/** A feed's process says that it is there each minute. */
const awayAfterMinutes = 5

type Wrong = { field: string; message?: string }

/** What feeds tell beside what was recorded, for whoever sees to the systems and whoever answers for it (R9, R13, AC8). */
export function reconciliationRoutes(app: Routes, desk: Desk): void {
  app.route({
    ...operations.readReconciliation,
    handler: async (request, reply) => {
      const { session } = request
      const now = desk.clock.now()
      const period = periodOf(request.query, now)
      if ('field' in period) return refuse(reply, 'input.invalid', period)
      const found = await readReconciliation(desk.db, session, period)
      if ('refused' in found) return refuse(reply, found.refused)
      return reply.send({
        from: period.from.toString(),
        to: period.to.toString(),
        asOf: now.toString(),
        feeds: found.feeds.map((feed) => viewFeed(feed, now)),
        counts: found.counts.map(viewCount),
        mayExplain: found.mayExplain,
      })
    },
  })

  app.route({
    ...operations.listUnreconciled,
    handler: async (request, reply) => {
      const { session } = request
      const now = desk.clock.now()
      const { kind, number: written, feed, why, state = 'open', cursor, limit = pageSize } = request.query
      const period = periodOf(request.query, now)
      if ('field' in period) return refuse(reply, 'input.invalid', period)
      const number = numberOf(written, now)
      if (number === null) return refuse(reply, 'input.invalid', { field: 'number' })
      const place = cursor === undefined ? undefined : readCursor(cursor, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      if (place === 'invalid') return refuse(reply, 'input.invalid', { field: 'cursor' })
      const before = place && { startedAt: place.at, id: place.id }
      const isExplained = state === 'any' ? undefined : state === 'explained'
      const filter = { kind, ...period, number, feed, why, isExplained }
      const found = await listUnreconciled(desk.db, session, filter, { before, limit })
      if ('refused' in found) return refuse(reply, found.refused)
      return reply.send({
        items: found.items.map(viewUnreconciled),
        ...(found.next && { next: writeCursor(found.next.startedAt, found.next.id) }),
        asOf: now.toString(),
      })
    },
  })

  app.route({
    ...operations.explainUnreconciled,
    handler: async (request, reply) => {
      const { session } = request
      const now = desk.clock.now()
      const { kind, number: written, feed, why, segments, readAt: readAtText, note } = request.body
      const period = periodOf(request.body, now)
      if ('field' in period) return refuse(reply, 'input.invalid', period)
      const number = numberOf(written, now)
      if (number === null) return refuse(reply, 'input.invalid', { field: 'number' })
      const readAt = readInstant(readAtText)
      if (!readAt || readAt === 'invalid') return refuse(reply, 'input.invalid', { field: 'readAt' })
      const filter = { kind, ...period, number, feed, why, segments }
      const done = await explainUnreconciled(desk.db, session, filter, { readAt, note })
      return 'refused' in done ? refuse(reply, done.refused) : reply.send(done)
    },
  })

  app.route({
    ...operations.listFeedProblems,
    handler: async (request, reply) => {
      const { session } = request
      const { feed, cursor, limit = pageSize } = request.query
      const period = periodOf(request.query, desk.clock.now())
      if ('field' in period) return refuse(reply, 'input.invalid', period)
      const before = cursor === undefined ? undefined : readCursor(cursor, /^[0-9a-f]{64}$/)
      if (before === 'invalid') return refuse(reply, 'input.invalid', { field: 'cursor' })
      const found = await listFeedProblems(desk.db, session, { ...period, feed }, { before, limit })
      if ('refused' in found) return refuse(reply, found.refused)
      return reply.send({
        items: found.items.map((problem) => ({ ...problem, at: problem.at.toString() })),
        ...(found.next && { next: writeCursor(found.next.at, found.next.id) }),
      })
    },
  })

  /** Undefined where none is asked for, null where what is asked for is no number. */
  function numberOf(written: string | undefined, now: Temporal.Instant): PhoneNumberKey | undefined | null {
    if (written === undefined) return undefined
    return normalisePhoneNumber(written, desk.versions.at(now).description.numbering).key
  }
}

/** The time asked for, today and the six days before unless told; or what is wrong with it. */
function periodOf(
  { from: fromText, to: toText }: { from?: string | undefined; to?: string | undefined },
  now: Temporal.Instant,
): Period | Wrong {
  const [askedFrom, askedTo] = [readInstant(fromText), readInstant(toText)]
  if (askedFrom === 'invalid') return { field: 'from' }
  if (askedTo === 'invalid') return { field: 'to' }
  const to = askedTo ?? now
  const from = askedFrom ?? to.toZonedDateTimeISO(zone).subtract({ days: daysUnlessTold }).startOfDay().toInstant()
  const hours = to.since(from).total('hours')
  if (hours > 0 && hours <= longestPeriodDays * 24 + 1) return { from, to }
  return { field: 'to', message: `The time must end after it begins, and be ${longestPeriodDays} days at most.` }
}

function viewFeed(feed: Feed, now: Temporal.Instant): FeedState {
  const { name, source, covers, aliveAt, heardAt, toldUntil, behindSince, fault, faultAt } = feed
  const { records, calls, outside, problems } = feed
  const isAway = !aliveAt || now.since(aliveAt).total('minutes') > awayAfterMinutes
  const told = behindSince ? 'behind' : heardAt ? 'well' : 'never'
  return {
    name,
    source,
    state: isAway ? 'away' : fault !== null ? 'fault' : told,
    ...(covers && { covers }),
    ...(aliveAt && { aliveAt: aliveAt.toString() }),
    ...(heardAt && { heardAt: heardAt.toString() }),
    ...(toldUntil && { toldUntil: toldUntil.toString() }),
    ...(behindSince && { behindSince: behindSince.toString() }),
    ...(fault !== null && { fault }),
    ...(faultAt && { faultAt: faultAt.toString() }),
    records,
    calls,
    outside,
    problems,
  }
}

function viewCount({ day, numberName, ...count }: Reconciled): ReconciledCount {
  return { ...count, day: day.toString(), ...(numberName && { numberName }) }
}

function viewUnreconciled(item: Unreconciled): UnreconciledCall {
  const { startedAt, answeredAt, endedAt, numberName, at, why, explained, ...rest } = item
  return {
    ...rest,
    startedAt: startedAt.toString(),
    answeredAt: answeredAt.toString(),
    ...(endedAt && { endedAt: endedAt.toString() }),
    ...(numberName && { numberName }),
    at: at.toString(),
    why: why ?? 'unknown',
    ...(explained && { explained: { ...explained, at: explained.at.toString() } }),
  }
}

function writeCursor(at: Temporal.Instant, id: string): string {
  return `${at.toString()}~${id}`
}

function readCursor(cursor: string, ids: RegExp): { at: Temporal.Instant; id: string } | 'invalid' {
  const [text, id = ''] = cursor.split('~')
  const at = readInstant(text)
  return at && at !== 'invalid' && ids.test(id) ? { at, id } : 'invalid'
}
