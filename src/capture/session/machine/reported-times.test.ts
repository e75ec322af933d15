import { expect, test } from 'vitest'
import type { CallInvitation } from './describe-segment.ts'
import { clientClock, lateAnswerTime, reportedEnd } from './reported-times.ts'

const at = (text: string) => Temporal.Instant.from(`2027-03-03T08:${text}Z`)
const now = at('10:00')

/** Returns an invitation with these times, in minutes and seconds. */
function invitationWith(times: { started?: string; answered?: string; ended?: string }): CallInvitation {
  const ms = (text: string) => at(text).epochMilliseconds
  const { started, answered, ended } = times
  return {
    times: {
      startedAtMs: ms(started ?? '05:00'),
      startedAtSource: started === undefined ? 'arrival' : 'sessionStartTime',
      ...(answered !== undefined && { answeredAtMs: ms(answered) }),
      ...(ended !== undefined && { endedAtMs: ms(ended) }),
      ...((answered ?? started) !== undefined && { reportedMs: ms((answered ?? started)!) }),
    },
    metadata: { sessions: [{ id: 's', ...(ended !== undefined && { endTimeMs: ms(ended) }) }] },
  } as unknown as CallInvitation
}

test('an answer time in a later request is corrected if the client’s clock is ahead, and not if the clock seems behind', () => {
  const early = clientClock(invitationWith({ started: '04:00' }), at('05:00'))
  expect(lateAnswerTime(invitationWith({ answered: '05:20' }), early, now)).toEqual(at('05:20'))
  const ahead = clientClock(invitationWith({ started: '05:03' }), at('05:00'))
  expect(lateAnswerTime(invitationWith({ answered: '05:20' }), ahead, now)).toEqual(at('05:17'))
  const known = clientClock(invitationWith({ started: '04:00', answered: '04:59' }), at('05:00'))
  expect(lateAnswerTime(invitationWith({ answered: '06:00' }), known, now)).toBeUndefined()
})

test('a reported end is moved later by as much as the client’s clock may be behind, but not into the future', () => {
  const clock = clientClock(invitationWith({ started: '04:00', answered: '04:58' }), at('05:00'))
  expect(reportedEnd(invitationWith({ ended: '09:00' }), clock, now)).toEqual(at('09:02'))
  expect(reportedEnd(invitationWith({ ended: '11:00' }), clock, now)).toEqual(now)
  expect(reportedEnd(invitationWith({}), clock, now)).toBeUndefined()
})
