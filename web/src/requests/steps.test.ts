import { expect, test } from 'vitest'
import type { RequestCall, RequestDetail } from '../api/shapes.ts'
import { canFold, stateOf, stepsOf } from './steps.ts'

type Facts = Parameters<typeof stepsOf>[0]
const request = (edited: Partial<Facts>): Facts => ({
  party: 'CALLER',
  kinds: ['KNOW'],
  next: ['identify'],
  calls: [],
  letters: [],
  appointments: [],
  copies: [],
  corrections: [],
  ...edited,
})
const call = (state: RequestCall['state']): RequestCall => ({ id: state, ordinal: 1, state, otherRequests: [] })
const identified: RequestDetail['identified'] = {
  how: 'PASSPORT',
  at: '2026-11-24T10:00:00Z',
  by: { id: 'p', name: 'Paula' },
}

test('a request has the steps of its kinds', () => {
  expect(stepsOf(request({}))).toEqual(['who', 'calls', 'letters', 'close'])
  expect(stepsOf(request({ kinds: ['LISTEN', 'PROHIBIT'] }))).toEqual([
    'who',
    'calls',
    'appointments',
    'prohibition',
    'letters',
    'close',
  ])
  expect(stepsOf(request({ kinds: ['COPY'] }))).toContain('acts')
})

test('a requester whose call is found can forbid its use, requested or not', () => {
  expect(stepsOf(request({ calls: [call('FOUND')] }))).not.toContain('prohibition')
  expect(stepsOf(request({ calls: [call('MATCHED')] }))).toContain('prohibition')
})

test('a request for an official document, or of a mentioned person, has no step for calls', () => {
  expect(stepsOf(request({ party: 'MENTIONED', kinds: ['MENTIONED'] }))).not.toContain('calls')
  expect(stepsOf(request({ party: 'OUTSIDER', kinds: ['OPENNESS'] }))).toEqual(['who', 'acts', 'letters', 'close'])
})

test('the most urgent step is `now`, and other open steps wait', () => {
  const served = request({ identified, next: ['name-call', 'send-letter'] })
  expect(stepsOf(served).map((step) => stateOf(step, served))).toEqual(['done', 'now', 'waits', 'ahead'])
})

test('the step for letters is done once an answer was delivered, and a delivered acknowledgement does not count', () => {
  const delivered = (kind: RequestDetail['letters'][number]['kind']) =>
    request({ next: [], letters: [{ kind, delivered: {} }] as never })
  expect(stateOf('letters', delivered('received'))).toBe('ahead')
  expect(stateOf('letters', delivered('not-identifiable'))).toBe('done')
})

test('the step for calls is done when no call is left to search again or to verify', () => {
  const next = ['answer'] as const
  expect(stateOf('calls', request({ next, calls: [call('NOT_FOUND')] }))).toBe('done')
  expect(stateOf('calls', request({ next, calls: [call('MATCHED'), call('FOUND')] }))).toBe('ahead')
})

test('a booked appointment waits, and stays visible', () => {
  const booked = { state: 'BOOKED' } as RequestDetail['appointments'][number]
  const served = request({ identified, kinds: ['LISTEN'], next: [], appointments: [booked] })
  expect(stateOf('appointments', served)).toBe('waits')
  expect(canFold('waits', served)).toBe(false)
})

test('done and future steps can be folded, and none of a closed request', () => {
  expect((['done', 'ahead', 'now', 'waits'] as const).map((state) => canFold(state, {}))).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(canFold('done', { closed: { at: '2026-11-24T10:00:00Z', outcome: 'ANSWERED' } })).toBe(false)
})

test('a closed request has no next step', () => {
  const closed = { at: '2026-11-24T10:00:00Z', outcome: 'WITHDRAWN' } as const
  const over = request({ identified, closed, next: [] })
  expect(stepsOf(over).map((step) => stateOf(step, over))).toEqual(['done', 'ahead', 'ahead'])
  expect(stepsOf({ ...over, kinds: ['PROHIBIT'], calls: [call('MATCHED')] })).toEqual(['who', 'calls', 'letters'])
})
