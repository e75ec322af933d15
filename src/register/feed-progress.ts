import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from './tables.ts'

/** What a feed has taken since it last told. */
export interface FedProgress {
  heardAt: Temporal.Instant | undefined
  /** Of the calls that were told: the first beginning and the last end. */
  from: Temporal.Instant | undefined
  until: Temporal.Instant | undefined
  records: number
  calls: number
  outside: number
}

/** Tells the register how far a feed is, which numbers' calls it tells of (undefined: all), and what keeps it from telling. */
export async function reportFeed(
  db: Kysely<RegisterTables>,
  feed: { name: string; source: string; covers: readonly string[] | undefined },
  { heardAt, from, until, records, calls, outside }: FedProgress,
  fault: string | undefined,
): Promise<void> {
  const told = { heard_at: heardAt, told_from: from, told_until: until, records, calls, outside }
  const progress = JSON.stringify({ ...told, ...(fault !== undefined && { fault }) })
  await sql`select report_feed(${feed.name}, ${feed.source}, ${feed.covers ?? null}::text[], ${progress}::jsonb)`.execute(
    db,
  )
}

/**
 * Notes a record that could not be read.
 * @param id the same for the same record
 * @returns whether it was not known yet
 */
export async function reportFedProblem(
  db: Kysely<RegisterTables>,
  { id, feed, file, line, reason }: { id: Buffer; feed: string; file: string; line: number; reason: string },
): Promise<boolean> {
  const { rows } = await sql<{ isNew: boolean }>`
    select report_feed_problem(${id}, ${feed}, ${file}, ${line}, ${reason}) as "isNew"`.execute(db)
  return rows[0]?.isNew === true
}

/** Forgets what feeds told of calls that nobody looks for any more. */
export async function forgetFed(db: Kysely<RegisterTables>): Promise<void> {
  await sql`select forget_fed()`.execute(db)
}

/**
 * Lets a feed ask the register about calls from an instant on, for two days: what its archive tells is matched with what recording
 * clients have told (database/functions/feeds/meet.sql). As the owner of the database.
 * @returns false where there is no feed of that name
 */
export async function allowFeed(db: Kysely<RegisterTables>, feed: string, from: Temporal.Instant): Promise<boolean> {
  const { rows } = await sql<{ isThere: boolean }>`
    select allow_feed(${feed}, ${from}::timestamptz) as "isThere"`.execute(db)
  return rows[0]?.isThere === true
}
