import { expect, test } from 'vitest'
import type { Appointment, RequestCall, RequestDetail } from '../api/shapes.ts'
import { bookable, lastOutcome } from './bookable.ts'

type RecordingState = 'none' | 'capturing' | 'available' | 'restricted' | 'destroyed'

const call = (state: RequestCall['state'], recording?: RecordingState): RequestCall => ({
  id: 'c',
  ordinal: 1,
  state,
  otherRequests: [],
  ...(recording && {
    contact: {
      id: 'k',
      startedAt: '2026-11-24T13:40:00Z',
      caller: { kind: 'e164' },
      number: '+35829497000',
      segments: [{ id: 's', recording: { segmentId: 's', state: recording }, prohibitions: [] }],
    },
  }),
})
const bookableFor = (calls: RequestCall[], kinds: RequestDetail['kinds'] = ['KNOW', 'LISTEN']) =>
  bookable({ kinds, calls })

test('an appointment can be booked if a call has a playable recording, even if it is kept only for an appointment (AC12)', () => {
  expect([bookableFor([call('MATCHED', 'available')]), bookableFor([call('MATCHED', 'restricted')])]).toEqual([
    'yes',
    'yes',
  ])
})

test('no appointment can be booked for an unrecorded or destroyed call (AC2), nor for one that is not verified', () => {
  expect([
    bookableFor([call('MATCHED', 'none'), call('MATCHED', 'destroyed')]),
    bookableFor([call('FOUND', 'available')]),
    bookableFor([]),
    bookableFor([call('MATCHED', 'available')], ['KNOW']),
  ]).toEqual(['no-recording', 'not-matched', 'not-matched', 'not-asked'])
})

test('returns the outcome of the last appointment that was not moved, and none while one is booked', () => {
  const after = (...states: Appointment['state'][]) =>
    lastOutcome({ appointments: states.map((state) => ({ state }) as Appointment) })
  expect([after('NO_SHOW', 'HEARD'), after('NO_SHOW', 'MOVED'), after('HEARD', 'BOOKED'), after()]).toEqual([
    'HEARD',
    'NO_SHOW',
    undefined,
    undefined,
  ])
})
