import type { RequestDetail } from '../api/shapes.ts'

/**
 * Whether a time can be booked for a request: yes; it does not ask to listen; no call of it is shown to be theirs yet; none
 * that is has a recording to hear (AC2); it is closed.
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

/** What came of the last appointment, where no other is booked; one that was moved came to nothing of its own. */
export function lastOutcome({ appointments }: Pick<RequestDetail, 'appointments'>) {
  const last = appointments.findLast(({ state }) => state !== 'MOVED')?.state
  return last === 'BOOKED' || last === 'MOVED' ? undefined : last
}
