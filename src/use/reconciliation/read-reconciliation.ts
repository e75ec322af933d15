/**
 * Compares calls reported by feeds with recordings (R9, R13, AC8): counts by day, number and feed; the state of each feed;
 * unmatched segments, without caller and official.
 */
import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'
import { returnRefusal } from '#safeguards/access/database-request.ts'
import { watchRefusals, type WatchRefusal } from '#safeguards/watch/watch-refusals.ts'

type Instant = Temporal.Instant
type Names = { fi: string; sv: string; en: string }

export interface Period {
  from: Instant
  to: Instant
}

/** Counts of segments; `expected` ones are recorded, missing or waiting. */
export interface Reconciled {
  day: Temporal.PlainDate
  number: string
  numberName: Names | null
  feed: string
  told: number
  expected: number
  recorded: number
  forbidden: number
  missing: number
  missingExplained: number
  /** Reported so recently that the recording may still arrive. */
  waiting: number
  untold: number
  untoldExplained: number
  /** Recordings whose call a feed may still report. */
  notYetTold: number
}

export interface FeedState {
  name: string
  source: string
  covers: string[] | null
  /** Last heartbeat of its process. */
  aliveAt: Instant | null
  heardAt: Instant | null
  toldFrom: Instant | null
  toldUntil: Instant | null
  records: number
  calls: number
  outside: number
  fault: string | null
  faultAt: Instant | null
  /** End of the first call that the feed should have reported, if that was over an hour ago. */
  behindSince: Instant | null
  problems: number
}

/** Longest period: feed reports are retained for this time. */
export const maxPeriodDays = 93

export function readReconciliation(
  db: Kysely<RegisterTables>,
  session: Session,
  { from, to }: Period,
): Promise<{ feeds: FeedState[]; counts: Reconciled[]; mayExplain: boolean } | { refused: WatchRefusal }> {
  return returnRefusal(
    watchRefusals,
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      const { rows: feeds } = await sql<FeedState>`
        select name, source, covers, alive_at as "aliveAt", heard_at as "heardAt", told_from as "toldFrom",
          told_until as "toldUntil", records::float8 as records, calls::float8 as calls, outside::float8 as outside, fault,
          fault_at as "faultAt", behind_since as "behindSince", problems::float8 as problems
        from reconciliation_feeds(${from}::timestamptz, ${to}::timestamptz)`.execute(tx)
      const { rows: counts } = await sql<Reconciled>`
        select day, number_reached as number, number_name as "numberName", feed, told::float8 as told,
          expected::float8 as expected, recorded::float8 as recorded, forbidden::float8 as forbidden,
          missing::float8 as missing, missing_explained::float8 as "missingExplained", waiting::float8 as waiting,
          untold::float8 as untold, untold_explained::float8 as "untoldExplained", not_yet_told::float8 as "notYetTold"
        from reconciliation_counts(${from}::timestamptz, ${to}::timestamptz)`.execute(tx)
      const { rows } = await sql<{ may: boolean }>`select viewer_is('DATA_PROTECTION_OFFICER') as may`.execute(tx)
      return { feeds, counts, mayExplain: rows[0]?.may === true }
    }),
  )
}
