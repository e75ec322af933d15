import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { returnRefusal } from '#safeguards/access/database-request.ts'
import { watchRefusals, type WatchRefusal } from '#safeguards/watch/watch-refusals.ts'
import type { Period } from './read-reconciliation.ts'

export interface FeedProblem {
  /** Hexadecimal. */
  id: string
  feed: string
  file: string
  line: number
  reason: string
  at: Temporal.Instant
}

export interface ProblemCursor {
  at: Temporal.Instant
  id: string
}

/** Lists records of feeds that could not be read, newest first: where and why, without their content. */
export function listFeedProblems(
  db: Kysely<RegisterTables>,
  session: Session,
  { from, to, feed }: Period & { feed?: string | undefined },
  { before, limit }: { before?: ProblemCursor | undefined; limit: number },
): Promise<{ items: FeedProblem[]; next?: ProblemCursor } | { refused: WatchRefusal }> {
  return returnRefusal(
    watchRefusals,
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      await sql`select require_reconciler()`.execute(tx)
      const ofFeed = feed === undefined ? sql`` : sql`and feed = ${feed}`
      const olderOnes = before
        ? sql`and (at, p.id) < (${before.at}::timestamptz, decode(${before.id}::text, 'hex'))`
        : sql``
      const { rows } = await sql<FeedProblem>`
        select encode(p.id, 'hex') as id, feed, file, line, reason, at from feed_problem p
        where at >= ${from}::timestamptz and at < ${to}::timestamptz ${ofFeed} ${olderOnes}
        order by at desc, p.id desc limit ${limit + 1}`.execute(tx)
      const items = rows.slice(0, limit)
      const last = items.at(-1)
      return { items, ...(rows.length > limit && last && { next: { at: last.at, id: last.id } }) }
    }),
  )
}
