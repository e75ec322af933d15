import { setTimeout as wait } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Clock } from '#platform/clock/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import type { Session } from '#safeguards/people/session.ts'
import { recentViews } from '#safeguards/watch/recent-views.ts'
import { defaultReadLimits, maxWaiting, readDelay } from '#safeguards/watch/thresholds.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Number of views after which the log is counted again, because the person may also use another desk. */
const recountAfter = 20
/** A wait of this length is logged, which raises an alarm; at most once a minute per person. */
const loggedWaitMs = 1_000
const maxPeople = 1_000

interface Usage {
  /** Resolves once the log has been counted for the first time. */
  begun?: Promise<void>
  /** Times of the person's views in the last hour; milliseconds of the epoch. */
  viewedAt: number[]
  sinceCounted: number
  waiting: number
  last: Promise<unknown>
  loggedAt: number
}

export interface ReadRateLimit {
  /**
   * Returns at once below the limits. Above the limit of a minute or an hour, views of a person run one after another, and each
   * waits up to ten seconds, longer the further the limit is exceeded. Returns `too-many` if other views of the person wait
   * already.
   */
  take: (session: Session) => Promise<'go' | 'too-many'>
}

/**
 * Rate-limits views (R21) per person, over all their sessions. The first view counts earlier ones in the audit log, so that a
 * restart does not reset the limit; later views are counted in memory.
 */
export function createReadRateLimit(
  db: Kysely<RegisterTables>,
  clock: Clock,
  limits: { inMinute: number; inHour: number } = defaultReadLimits,
): ReadRateLimit {
  const people = new Map<string, Usage>()

  function deleteIdle(nowMs: number): void {
    for (const [id, { viewedAt, waiting }] of people) {
      if (waiting === 0 && (viewedAt.at(-1) ?? 0) < nowMs - hourMs) people.delete(id)
    }
  }

  async function usageOf(session: Session, nowMs: number): Promise<Usage> {
    const known = people.get(session.personId)
    if (known) {
      if (known.sinceCounted >= recountAfter) await countLogged(known, session, nowMs)
      await known.begun
      return known
    }
    const usage: Usage = { viewedAt: [], sinceCounted: 0, waiting: 0, last: Promise.resolve(), loggedAt: 0 }
    people.set(session.personId, usage)
    // Concurrent first views wait for one count.
    usage.begun = countLogged(usage, session, nowMs)
    try {
      await usage.begun
    } catch (error) {
      people.delete(session.personId)
      throw error
    }
    return usage
  }

  /** Adds views that are in the audit log but not in this process's memory. */
  async function countLogged(usage: Usage, session: Session, nowMs: number): Promise<void> {
    // Reset before the query, so that concurrent views do not all run it.
    usage.sinceCounted = 0
    const { inMinute, inHour } = await recentViews(db, session)
    const viewsWithin = (ms: number) => usage.viewedAt.filter((at) => at > nowMs - ms).length
    const missing = Math.max(0, inHour - viewsWithin(hourMs))
    const lately = Math.min(missing, Math.max(0, inMinute - viewsWithin(minuteMs)))
    const earlier = missing - lately
    usage.viewedAt.push(
      ...Array.from({ length: earlier }, (_, i) => nowMs - minuteMs - ((hourMs - minuteMs) * i) / earlier),
      ...Array.from({ length: lately }, () => nowMs),
    )
    usage.viewedAt.sort((a, b) => a - b)
  }

  return {
    async take(session) {
      const nowMs = clock.now().epochMilliseconds
      if (people.size > maxPeople) deleteIdle(nowMs)
      const usage = await usageOf(session, nowMs)
      usage.sinceCounted += 1
      usage.viewedAt.push(nowMs)
      while ((usage.viewedAt[0] ?? nowMs) <= nowMs - hourMs) usage.viewedAt.shift()
      const inHour = usage.viewedAt.length
      const inMinute = inHour - usage.viewedAt.findIndex((at) => at > nowMs - minuteMs)
      const beyond = Math.max(inMinute - limits.inMinute, inHour - limits.inHour)
      if (beyond <= 0) return 'go'
      if (usage.waiting >= maxWaiting) return 'too-many'

      const delayMs = Math.min(readDelay.longestMs, beyond * readDelay.stepMs)
      if (delayMs >= loggedWaitMs && usage.loggedAt <= nowMs - minuteMs) {
        usage.loggedAt = nowMs
        await appendAudit(db, {
          action: 'looks.slowed',
          result: 'ok',
          personId: session.personId,
          object: { kind: 'search' },
          detail: { inMinute, inHour, delayMs },
        })
      }
      usage.waiting += 1
      const last = usage.last.then(() => wait(delayMs, undefined, { ref: false }))
      usage.last = last
      await last.finally(() => (usage.waiting -= 1))
      return 'go'
    },
  }
}
