import { sql } from 'kysely'
import type { RequestKind } from '#register/request-tables.ts'
import { requestDatabase, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'

export interface RequestStatistics {
  /** By month of reception, oldest first: `2026-10`. */
  months: {
    month: string
    received: number
    answered: number
    refused: number
    withdrawn: number
    open: number
    late: number
    /** Days from reception to closing. */
    medianDays?: number
  }[]
  kinds: { kind: RequestKind; count: number }[]
  channels: { channel: 'PHONE' | 'LETTER' | 'VISIT' | 'EMAIL' | 'HOME'; count: number }[]
  /** Outcomes of named calls. */
  outcomes: { outcome: string; count: number }[]
}

/** Returns counts of how requests received between two days, both included, were served (R45). */
export async function readRequestStatistics(
  db: SafeguardsDatabase,
  session: Session,
  { from, to }: { from: Temporal.PlainDate; to: Temporal.PlainDate },
): Promise<RequestStatistics | Refused<'deny.role'>> {
  const answer = await requestDatabase(
    db,
    session,
    sql<{
      counted: RequestStatistics
    }>`select request_statistics(${from.toString()}::date, ${to.toString()}::date) as counted`,
    ['deny.role'],
    { action: 'requests.read', object: { kind: 'request' } },
  )
  return 'refused' in answer ? answer : answer.rows[0]!.counted
}
