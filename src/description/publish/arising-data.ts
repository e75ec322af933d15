/**
 * What comes to be of calls and recordings when the service is developed and looked after, whose data it is and for how long it
 * is kept (GDPR Articles 13 and 30, L2). In: the grounds of a version. Out: one entry for each kind. The terms are the
 * database's (database/functions): nothing sets them.
 */
import type { Grounds } from './grounds.ts'

export type ArisingData = {
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

const ofQuality: readonly ArisingData[] = [
  // What was said of a call; marks without a person stay for the results of groups.
  { id: 'EVALUATIONS', dataSubjects: ofCall, endsWith: 'RECORDING' },
  { id: 'SAMPLING_CANDIDATES', dataSubjects: ofCall, months: 8, from: 'WEEK' },
  // That marks are of different officials, not of whom.
  { id: 'GROUP_MARKS', dataSubjects: ['ANSWERING_OFFICIALS'], months: 11, from: 'QUARTER' },
]
const ofTraining: readonly ArisingData[] = [
  { id: 'TRAINING_MOMENTS', dataSubjects: ofCall, endsWith: 'RECORDING' },
  { id: 'ATTENDANCE_LISTS', dataSubjects: ['STAFF'], months: 14, from: 'SESSION_END' },
]
const always: readonly ArisingData[] = [
  // What telephone systems told of calls, held against what was recorded; how well recordings came in, by trunk and hour.
  { id: 'CALLS_AS_TOLD', dataSubjects: ofCall, months: 3, from: 'CALL' },
  // By hour, number and unit; after it by month and number in fives, which are nobody's data.
  { id: 'COUNTS_OF_CALLS', dataSubjects: ofCall, months: 14, from: 'CALL' },
]

export function arisingData({ uses }: Pick<Grounds, 'uses'>): readonly ArisingData[] {
  return [...(uses('QUALITY') ? ofQuality : []), ...(uses('TRAINING') ? ofTraining : []), ...always]
}
