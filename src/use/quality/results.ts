import { sql } from 'kysely'
import { requestList, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import type { FormLanguage } from './forms.ts'

export interface GroupResult {
  unitName: string
  number: string
  formName: string
  formVersion: number
  formLanguage: FormLanguage
  /** False with fewer than five officials or ten evaluations: then no figures are given. */
  isEnough: boolean
  evaluations?: number
  officials?: number
  /** Whole per cent. */
  mean?: number | null
  failedShare?: number
  sections?: { title: string; mean: number }[]
}

/**
 * Returns a quarter's results by unit, number and form version, for groups that are large enough; never by person (R6).
 * @param quarter its first day
 */
export function readResults(
  db: SafeguardsDatabase,
  session: Session,
  quarter: Temporal.PlainDate,
): Promise<GroupResult[] | Refused<'deny.role'>> {
  const statement = sql<{
    value: GroupResult
  }>`select quality_results as value from quality_results(${quarter.toString()}::date)`
  return requestList(db, session, statement, { action: 'quality.results-read', object: { kind: 'search' } })
}
