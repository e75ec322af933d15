/** Types of the API for alarms, reviews and views of one's own calls, and which alarms the URL shows. */
import type { Answer } from '../api/shapes.ts'

export type Alarm = Answer<'/api/alarms', 'get'>['items'][number]
export type ReviewMonth = Answer<'/api/reviews', 'get'>['items'][number]
export type ViewToReview = Answer<'/api/reviews/{month}', 'get'>['items'][number]
export type ViewOfCall = Answer<'/api/my-calls/looks', 'get'>['items'][number]

export const alarmStates = ['open', 'closed'] as const

/** Reads which alarms to show from the URL; open ones by default. */
export function readAlarmState(search: Record<string, unknown>): { state?: 'closed' } {
  return search['state'] === 'closed' ? { state: 'closed' } : {}
}
