import { sql } from 'kysely'
import { databaseValues } from '#safeguards/access/database-request.ts'
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
export const readResults = databaseValues((quarter: Temporal.PlainDate) => ({
  statement: sql<{
    value: GroupResult
  }>`select quality_results as value from quality_results(${quarter.toString()}::date)`,
  refusals: ['deny.role'],
  action: 'quality.results-read',
  object: { kind: 'search' },
}))
