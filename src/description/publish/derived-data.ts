/**
 * Data that arise from using calls and recordings, whose they are and how long they are kept (GDPR Articles 13 and 30, L2): one
 * entry per kind. The terms are the database's (database/functions) and not configurable.
 */
import type { PublicationFacts } from './publication-facts.ts'

export type DerivedData = {
  id:
    | 'EVALUATIONS'
    | 'SAMPLING_CANDIDATES'
    | 'GROUP_MARKS'
    | 'TRAINING_MOMENTS'
    | 'ATTENDANCE_LISTS'
    | 'CALLS_AS_TOLD'
    | 'COUNTS_OF_CALLS'
  dataSubjects: readonly ('CALLERS' | 'ANSWERING_OFFICIALS' | 'STAFF')[]
} & ({ endsWith: 'RECORDING' } | { months: number; from: 'CALL' | 'WEEK' | 'QUARTER' | 'SESSION_END' })

const ofCall = ['CALLERS', 'ANSWERING_OFFICIALS'] as const

const ofQuality: readonly DerivedData[] = [
  // The results of groups outlive the recordings: they keep marks, which name nobody.
  { id: 'EVALUATIONS', dataSubjects: ofCall, endsWith: 'RECORDING' },
  { id: 'SAMPLING_CANDIDATES', dataSubjects: ofCall, months: 8, from: 'WEEK' },
  // Marks distinguish officials without identifying them.
  { id: 'GROUP_MARKS', dataSubjects: ['ANSWERING_OFFICIALS'], months: 11, from: 'QUARTER' },
]
const ofTraining: readonly DerivedData[] = [
  { id: 'TRAINING_MOMENTS', dataSubjects: ofCall, endsWith: 'RECORDING' },
  { id: 'ATTENDANCE_LISTS', dataSubjects: ['STAFF'], months: 14, from: 'SESSION_END' },
]
const always: readonly DerivedData[] = [
  // Detail records of telephone systems for reconciliation; reception quality by trunk and hour.
  { id: 'CALLS_AS_TOLD', dataSubjects: ofCall, months: 3, from: 'CALL' },
  // Counts by hour, number and unit. Later only counts by month and number are kept, rounded to five, which are not personal
  // data.
  { id: 'COUNTS_OF_CALLS', dataSubjects: ofCall, months: 14, from: 'CALL' },
]

export function derivedData({ uses }: Pick<PublicationFacts, 'uses'>): readonly DerivedData[] {
  return [...(uses('QUALITY') ? ofQuality : []), ...(uses('TRAINING') ? ofTraining : []), ...always]
}
