import type { RequestDetail } from '../api/shapes.ts'

/**
 * States whether a time can be booked for a request. `not-asked`: the request is not about listening. `not-matched`: none of
 * its calls is matched yet. `no-recording`: no matched call has a recording (AC2). `closed`: the request is closed.
 */
export type Bookable = 'yes' | 'not-asked' | 'not-matched' | 'no-recording' | 'closed'

export function bookable({ kinds, closed, calls }: Pick<RequestDetail, 'kinds' | 'closed' | 'calls'>): Bookable {
  if (!kinds.includes('LISTEN')) return 'not-asked'
  if (closed) return 'closed'
  const matched = calls.flatMap(({ state, contact }) => (state === 'MATCHED' && contact ? [contact] : []))
  if (matched.length === 0) return 'not-matched'
  const isLive = (state: string) => state === 'available' || state === 'restricted'
  return matched.some(({ segments }) => segments.some(({ recording }) => isLive(recording.state)))
    ? 'yes'
    : 'no-recording'
}

/** Returns the outcome of the last appointment, if no other is booked; a moved one has none. */
export function lastOutcome({ appointments }: Pick<RequestDetail, 'appointments'>) {
  const last = appointments.findLast(({ state }) => state !== 'MOVED')?.state
  return last === 'BOOKED' || last === 'MOVED' ? undefined : last
}
