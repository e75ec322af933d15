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
const of = (calls: RequestCall[], kinds: RequestDetail['kinds'] = ['KNOW', 'LISTEN']) => bookable({ kinds, calls })

test('a time can be booked once a call of theirs has a recording to hear, also one that only waits for it (AC12)', () => {
  expect([of([call('MATCHED', 'available')]), of([call('MATCHED', 'restricted')])]).toEqual(['yes', 'yes'])
})

test('no time can be booked for what was not recorded or is destroyed (AC2), nor for a call that is not shown to be theirs', () => {
  expect([
    of([call('MATCHED', 'none'), call('MATCHED', 'destroyed')]),
    of([call('FOUND', 'available')]),
    of([]),
    of([call('MATCHED', 'available')], ['KNOW']),
  ]).toEqual(['no-recording', 'not-matched', 'not-matched', 'not-asked'])
})

test('what can be done next is reported by what came of the last time, not of one that was moved, and of none while one is booked', () => {
  const after = (...states: Appointment['state'][]) =>
    lastOutcome({ appointments: states.map((state) => ({ state }) as Appointment) })
  expect([after('NO_SHOW', 'HEARD'), after('NO_SHOW', 'MOVED'), after('HEARD', 'BOOKED'), after()]).toEqual([
    'HEARD',
    'NO_SHOW',
    undefined,
    undefined,
  ])
})
