import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from './tables.ts'

/** Progress of a feed since its last report. */
export interface FeedProgress {
  /** Arrival of the newest record. */
  heardAt: Temporal.Instant | undefined
  /** First beginning and last end of the reported calls. */
  from: Temporal.Instant | undefined
  until: Temporal.Instant | undefined
  records: number
  calls: number
  /** Calls that the register does not contain, such as outgoing and internal ones. */
  outside: number
}

/** Reports a feed's progress, the numbers whose calls it reports (undefined: all), and what prevents it from continuing. */
export async function reportFeed(
  db: Kysely<RegisterTables>,
  feed: { name: string; source: string; covers: readonly string[] | undefined },
  { heardAt, from, until, records, calls, outside }: FeedProgress,
  fault: string | undefined,
): Promise<void> {
  const reported = { heard_at: heardAt, told_from: from, told_until: until, records, calls, outside }
  const progress = JSON.stringify({ ...reported, ...(fault !== undefined && { fault }) })
  await sql`select report_feed(${feed.name}, ${feed.source}, ${feed.covers ?? null}::text[], ${progress}::jsonb)`.execute(
    db,
  )
}

/**
 * Records an unreadable record.
 * @param id the same for the same record
 * @returns true if it was not recorded before
 */
export async function reportFeedProblem(
  db: Kysely<RegisterTables>,
  { id, feed, file, line, reason }: { id: Buffer; feed: string; file: string; line: number; reason: string },
): Promise<boolean> {
  const { rows } = await sql<{ isNew: boolean }>`
    select report_feed_problem(${id}, ${feed}, ${file}, ${line}, ${reason}) as "isNew"`.execute(db)
  return rows[0]?.isNew === true
}

/** Deletes feed data of calls that are no longer matched. */
export async function deleteExpiredFeedData(db: Kysely<RegisterTables>): Promise<void> {
  await sql`select prune_feed_data()`.execute(db)
}

/**
 * Allows a feed to match calls from an instant on, for two days: its archive is compared with what recording clients reported
 * (database/functions/feeds/matching.sql). As the database owner.
 * @returns false if there is no such feed
 */
export async function allowFeed(db: Kysely<RegisterTables>, feed: string, from: Temporal.Instant): Promise<boolean> {
  const { rows } = await sql<{ isThere: boolean }>`
    select allow_feed(${feed}, ${from}::timestamptz) as "isThere"`.execute(db)
  return rows[0]?.isThere === true
}
