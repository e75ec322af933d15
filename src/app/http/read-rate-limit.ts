import { setTimeout as wait } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Clock } from '#platform/clock/clock.ts'
import type { RegisterTables } from '#register/tables.ts'
import { appendAudit } from '#safeguards/audit/append.ts'
import type { Session } from '#safeguards/people/session.ts'
import { recentViews } from '#safeguards/watch/recent-views.ts'
import { looksAtOnce, mostWaiting, slowing } from '#safeguards/watch/thresholds.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Views after which the log is counted again: there may be another desk. */
const askAgainAfter = 20
/** A noticeable wait is logged, which raises an alarm; at most once a minute per person. */
const noticedMs = 1_000
const mostPeople = 1_000

interface Looking {
  /** Until the log has been counted once. */
  begun?: Promise<void>
  /** Times of the person's views in the last hour; milliseconds of the epoch. */
  looks: number[]
  sinceAsked: number
  waiting: number
  turn: Promise<unknown>
  loggedAt: number
}

export interface ReadRateLimit {
  /**
   * Returns at once below the limit. Beyond the limit of a minute or an hour each view waits, the longer the further beyond, at
   * most ten seconds, and one after another; `too-many` if others of the same person wait already.
   */
  take: (session: Session) => Promise<'go' | 'too-many'>
}

/**
 * Rate-limits views (R21) per person over all their sessions. Counts the log first, so that a restart forgets nothing; after
 * that an ordinary view costs an addition.
 */
export function createReadRateLimit(
  db: Kysely<RegisterTables>,
  clock: Clock,
  limits: { inMinute: number; inHour: number } = looksAtOnce,
): ReadRateLimit {
  const people = new Map<string, Looking>()

  function forgetIdle(nowMs: number): void {
    for (const [id, { looks, waiting }] of people) {
      if (waiting === 0 && (looks.at(-1) ?? 0) < nowMs - hourMs) people.delete(id)
    }
  }

  async function lookingOf(session: Session, nowMs: number): Promise<Looking> {
    const known = people.get(session.personId)
    if (known) {
      if (known.sinceAsked >= askAgainAfter) await countLogged(known, session, nowMs)
      await known.begun
      return known
    }
    const looking: Looking = { looks: [], sinceAsked: 0, waiting: 0, turn: Promise.resolve(), loggedAt: 0 }
    people.set(session.personId, looking)
    // Concurrent first views wait for one count.
    looking.begun = countLogged(looking, session, nowMs)
    try {
      await looking.begun
    } catch (error) {
      people.delete(session.personId)
      throw error
    }
    return looking
  }

  /** Adds logged views that this process does not know. */
  async function countLogged(looking: Looking, session: Session, nowMs: number): Promise<void> {
    // Before the query, so that concurrent views do not all run it.
    looking.sinceAsked = 0
    const { inMinute, inHour } = await recentViews(db, session)
    const since = (ms: number) => looking.looks.filter((at) => at > nowMs - ms).length
    const missing = Math.max(0, inHour - since(hourMs))
    const lately = Math.min(missing, Math.max(0, inMinute - since(minuteMs)))
    const earlier = missing - lately
    looking.looks.push(
      ...Array.from({ length: earlier }, (_, i) => nowMs - minuteMs - ((hourMs - minuteMs) * i) / earlier),
      ...Array.from({ length: lately }, () => nowMs),
    )
    looking.looks.sort((a, b) => a - b)
  }

  return {
    async take(session) {
      const nowMs = clock.now().epochMilliseconds
      if (people.size > mostPeople) forgetIdle(nowMs)
      const looking = await lookingOf(session, nowMs)
      looking.sinceAsked += 1
      looking.looks.push(nowMs)
      while ((looking.looks[0] ?? nowMs) <= nowMs - hourMs) looking.looks.shift()
      const inHour = looking.looks.length
      const inMinute = inHour - looking.looks.findIndex((at) => at > nowMs - minuteMs)
      const beyond = Math.max(inMinute - limits.inMinute, inHour - limits.inHour)
      if (beyond <= 0) return 'go'
      if (looking.waiting >= mostWaiting) return 'too-many'

      const delayMs = Math.min(slowing.longestMs, beyond * slowing.stepMs)
      if (delayMs >= noticedMs && looking.loggedAt <= nowMs - minuteMs) {
        looking.loggedAt = nowMs
        await appendAudit(db, {
          action: 'looks.slowed',
          result: 'ok',
          personId: session.personId,
          object: { kind: 'search' },
          detail: { inMinute, inHour, delayMs },
        })
      }
      looking.waiting += 1
      const turn = looking.turn.then(() => wait(delayMs, undefined, { ref: false }))
      looking.turn = turn
      await turn.finally(() => (looking.waiting -= 1))
      return 'go'
    },
  }
}
