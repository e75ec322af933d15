/** Types of the API for alarms, reviews and views of one's own calls, and which alarms the URL shows. */
import type { paths } from '../api/paths.ts'

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never
export type Alarm = Ok<paths['/api/alarms']['get']>['items'][number]
export type ReviewMonth = Ok<paths['/api/reviews']['get']>['items'][number]
export type ViewToReview = Ok<paths['/api/reviews/{month}']['get']>['items'][number]
export type ViewOfCall = Ok<paths['/api/my-calls/looks']['get']>['items'][number]

export const alarmStates = ['open', 'closed'] as const

/** Reads which alarms to show from the URL; open ones by default. */
export function readAlarmState(search: Record<string, unknown>): { state?: 'closed' } {
  return search['state'] === 'closed' ? { state: 'closed' } : {}
}
