import { sql } from 'kysely'
import type { RequestKind } from '#register/request-tables.ts'
import { databaseValue } from '#safeguards/access/database-request.ts'

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
export const readRequestStatistics = databaseValue(
  ({ from, to }: { from: Temporal.PlainDate; to: Temporal.PlainDate }) => ({
    statement: sql<{ value: RequestStatistics }>`
      select request_statistics(${from.toString()}::date, ${to.toString()}::date) as value`,
    refusals: ['deny.role'],
    action: 'requests.read',
    object: { kind: 'request' },
  }),
)
