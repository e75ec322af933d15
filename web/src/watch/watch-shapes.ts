/**
 * Those who watch: alarms, reviews and extracts. In: the contract. Out: pages for the data protection officer, and for
 * whoever a call is about. Never here: a judgement of anybody; what is an alarm is the server's to say.
 */
import type { paths } from '../api/paths.ts'

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never
export type Alarm = Ok<paths['/api/alarms']['get']>['items'][number]
export type ReviewMonth = Ok<paths['/api/reviews']['get']>['items'][number]
export type LookToReview = Ok<paths['/api/reviews/{month}']['get']>['items'][number]
export type LookAtCall = Ok<paths['/api/my-calls/looks']['get']>['items'][number]

export const alarmStates = ['open', 'closed'] as const

/** Which alarms are shown, as it stands in the address; open ones unless it says otherwise. */
export function readAlarmState(search: Record<string, unknown>): { state?: 'closed' } {
  return search['state'] === 'closed' ? { state: 'closed' } : {}
}
