import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import { listFeedProblems } from '#use/reconciliation/list-feed-problems.ts'
import { explainUnreconciled, listUnreconciled } from '#use/reconciliation/list-unreconciled.ts'
import {
  maxPeriodDays,
  readReconciliation,
  type FeedState as Feed,
  type Period,
} from '#use/reconciliation/read-reconciliation.ts'
import { registerOperations } from '../answer.ts'
import type { FeedState } from '../contract/reconciliation.ts'
import type { Desk } from '../desk.ts'
import { readInstant } from '../read-instant.ts'
import type { Refusal } from '../refuse.ts'
import type { Routes } from '../routes.ts'
import type { JsonForm } from '../to-json.ts'

const zone = 'Europe/Helsinki'
const pageSize = 50
/** Days before today in the default period. */
const defaultDays = 6
/** A feed without a heartbeat for this long is down; its process sends one each minute. */
const awayAfterMinutes = 5

/** Reconciliation of detail records and recordings, for operators and those responsible (R9, R13, AC8). */
export function reconciliationRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    readReconciliation: async ({ session, query }) => {
      const now = desk.clock.now()
      const period = periodOf(query, now)
      if ('refused' in period) return period
      const found = await readReconciliation(desk.db, session, period)
      if ('refused' in found) return found
      return {
        ...found,
        ...period,
        asOf: now,
        feeds: found.feeds.map((feed) => viewFeed(feed, now)),
      }
    },

    listUnreconciled: async ({ session, query }) => {
      const now = desk.clock.now()
      const { kind, number: numberText, feed, why, state = 'open', cursor, limit = pageSize } = query
      const period = periodOf(query, now)
      if ('refused' in period) return period
      const number = numberOf(numberText, now)
      if (number === null) return { refused: 'input.invalid', field: 'number' }
      const position =
        cursor === undefined ? undefined : readCursor(cursor, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      if (position === 'invalid') return { refused: 'input.invalid', field: 'cursor' }
      const before = position && { startedAt: position.at, id: position.id }
      const isExplained = state === 'any' ? undefined : state === 'explained'
      const filter = { kind, ...period, number, feed, why, isExplained }
      const found = await listUnreconciled(desk.db, session, filter, { before, limit })
      if ('refused' in found) return found
      return {
        items: found.items.map(({ why: known, ...item }) => ({ ...item, why: known ?? 'unknown' })),
        next: found.next && writeCursor(found.next.startedAt, found.next.id),
        asOf: now,
      }
    },

    explainUnreconciled: async ({ session, body }) => {
      const now = desk.clock.now()
      const { kind, number: numberText, feed, why, segments, readAt: readAtText, note } = body
      const period = periodOf(body, now)
      if ('refused' in period) return period
      const number = numberOf(numberText, now)
      if (number === null) return { refused: 'input.invalid', field: 'number' }
      const readAt = readInstant(readAtText)
      if (readAt === 'invalid') return { refused: 'input.invalid', field: 'readAt' }
      const filter = { kind, ...period, number, feed, why, segments }
      return explainUnreconciled(desk.db, session, filter, { readAt, note })
    },

    listFeedProblems: async ({ session, query }) => {
      const { feed, cursor, limit = pageSize } = query
      const period = periodOf(query, desk.clock.now())
      if ('refused' in period) return period
      const before = cursor === undefined ? undefined : readCursor(cursor, /^[0-9a-f]{64}$/)
      if (before === 'invalid') return { refused: 'input.invalid', field: 'cursor' }
      const found = await listFeedProblems(desk.db, session, { ...period, feed }, { before, limit })
      if ('refused' in found) return found
      return { items: found.items, next: found.next && writeCursor(found.next.at, found.next.id) }
    },
  })

  /** Parses a phone number. Undefined if none is given, null if it is invalid. */
  function numberOf(written: string | undefined, now: Temporal.Instant): PhoneNumberKey | undefined | null {
    if (written === undefined) return undefined
    return normalisePhoneNumber(written, desk.versions.at(now).description.numbering).key
  }
}

/** Returns the requested period (default: today and the six days before), or the refusal if it is invalid. */
function periodOf(
  { from: fromText, to: toText }: { from?: string | undefined; to?: string | undefined },
  now: Temporal.Instant,
): Period | Refusal {
  const [requestedFrom, requestedTo] = [readInstant(fromText), readInstant(toText)]
  if (requestedFrom === 'invalid') return { refused: 'input.invalid', field: 'from' }
  if (requestedTo === 'invalid') return { refused: 'input.invalid', field: 'to' }
  const to = requestedTo ?? now
  const from = requestedFrom ?? to.toZonedDateTimeISO(zone).subtract({ days: defaultDays }).startOfDay().toInstant()
  const hours = to.since(from).total('hours')
  // The period may include the change to winter time, which adds an hour.
  if (hours > 0 && hours <= maxPeriodDays * 24 + 1) return { from, to }
  const message = `The period must end after it begins, and be at most ${maxPeriodDays} days.`
  return { refused: 'input.invalid', field: 'to', message }
}

function viewFeed(feed: Feed, now: Temporal.Instant): JsonForm<FeedState> {
  const { aliveAt, heardAt, behindSince, fault } = feed
  const isAway = !aliveAt || now.since(aliveAt).total('minutes') > awayAfterMinutes
  const state = behindSince ? 'behind' : heardAt ? 'well' : 'never'
  return { ...feed, state: isAway ? 'away' : fault !== null ? 'fault' : state }
}

function writeCursor(at: Temporal.Instant, id: string): string {
  return `${at.toString()}~${id}`
}

function readCursor(cursor: string, ids: RegExp): { at: Temporal.Instant; id: string } | 'invalid' {
  const [text, id = ''] = cursor.split('~')
  const at = readInstant(text)
  return at && at !== 'invalid' && ids.test(id) ? { at, id } : 'invalid'
}
