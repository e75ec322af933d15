import { expect, test } from 'vitest'
import { isLossy } from '#register/recordings/reception.ts'
import type { StreamMeasure } from '../../rtp/measure-stream.ts'
import {
  hasMixedAndSeparateVoices,
  computeReception,
  omitsMedia,
  foreignMediaAddress,
  type MeasuredStream,
} from './compute-reception.ts'

const client = { client: 'SBC/1', trunk: 'pohjoinen' }
const tracks = { 0: 'caller', 1: 'official' } as const

/** A stream of 60 s, half of it speech, by default. */
function stream(
  index: number,
  measure: Partial<StreamMeasure> = {},
  counters: Partial<MeasuredStream['counters']> = {},
): MeasuredStream {
  return {
    index,
    counters: {
      received: 3000,
      late: 0,
      duplicates: 0,
      foreignFrom: { address: '', packets: 0 },
      unfollowed: 0,
      ...counters,
    },
    measure: {
      ...{ codec: 'PCMA', expected: 3000, lost: 0, lostMs: 0, stalledMs: 0, jitterMs: 1, worstJitterMs: 2 },
      ...{ judged: 3000, sounding: 1500, unknown: 0, packetMs: 20, firstMs: 0, lastMs: 60_000 },
      ...{ reports: 0, reportedSent: 0, reportedArrived: 0 },
      ...measure,
    },
  }
}
const nothing = { expected: 0, judged: 0, sounding: 0, firstMs: -1, lastMs: -1, codec: 'unknown' } as const
const unknown = { judged: 0, sounding: 0, unknown: 3000, codec: 'opus' } as const

test.each([
  ['both speak', stream(0), stream(1), undefined],
  ['no packets of the caller', stream(0, nothing), stream(1), 'caller'],
  ['the official is silent while the caller speaks', stream(0), stream(1, { sounding: 3 }), 'official'],
  ['both speak little', stream(0, nothing), stream(1, { sounding: 100 }), undefined],
  ['only one stream, with a codec whose silence cannot be detected', stream(0, nothing), stream(1, unknown), 'caller'],
  ['the silence of one codec cannot be detected', stream(0, unknown), stream(1), undefined],
] as const)('one-way audio: %s', (_, caller, official, missing) => {
  expect(computeReception([caller, official], tracks, client).oneWay).toBe(missing)
})

test('of a call with mixed voices only silence is detected', () => {
  expect(computeReception([stream(0)], { 0: 'mixed' }, client)).not.toHaveProperty('isSilent')
  expect(computeReception([stream(0, { sounding: 0 })], { 0: 'mixed' }, client)).toMatchObject({ isSilent: true })
  expect(computeReception([stream(0, nothing)], { 0: 'mixed' }, client)).not.toHaveProperty('isSilent')
})

test('a voice with two streams is present if one of the streams has sound', () => {
  const received = [stream(0), stream(1, { sounding: 0 }), stream(2)]
  expect(computeReception(received, { 0: 'caller', 1: 'official', 2: 'official' }, client).oneWay).toBeUndefined()
})

test('stores counts, the trunk and the product, and a share of silence only if it is known', () => {
  const lossy = stream(0, { lost: 90, lostMs: 1800, reports: 3, reportedSent: 2900, reportedArrived: 2820 })
  const reception = computeReception([lossy, stream(1, unknown)], tracks, client)
  expect(reception).toMatchObject({ trunk: 'pohjoinen', client: 'SBC/1', lostMs: 1800 })
  expect(reception.streams[0]).toMatchObject({ track: 'caller', silentShare: 0.5, told: { sent: 2900, came: 2820 } })
  expect(reception.streams[1]).not.toHaveProperty('silentShare')
  expect(isLossy(reception)).toBe(true)
  expect(isLossy(computeReception([stream(0, { lost: 89 })], tracks, client))).toBe(false)
})

test.each([
  ['all packets', { received: 0, foreignFrom: { address: '192.0.2.7', packets: 50 } }, '192.0.2.7'],
  ['most packets', { received: 40, foreignFrom: { address: '192.0.2.7', packets: 60 } }, '192.0.2.7'],
  ['too few packets', { received: 0, foreignFrom: { address: '192.0.2.7', packets: 49 } }, undefined],
  ['fewer than described ones', { received: 3000, foreignFrom: { address: '192.0.2.7', packets: 500 } }, undefined],
] as const)('media from another address: %s', (_, counters, address) => {
  expect(foreignMediaAddress([stream(0), stream(1, {}, counters)])).toBe(address)
  expect(computeReception([stream(0), stream(1, {}, counters)], tracks, client).elsewhere).toBe(address)
})

test.each([
  [0, 3000, false],
  [49, 10, false],
  [300, 3000, false],
  [301, 3000, true],
])(
  '%i packets of unfollowed sources in addition to %i followed ones make a recording incomplete: %s',
  (unfollowed, received, isIncomplete) => {
    expect(omitsMedia([stream(0), stream(1, {}, { received, unfollowed })])).toBe(isIncomplete)
  },
)

test('a mixed stream counts as an addition to the voices only if all three streams were received', () => {
  const three = { ...tracks, 2: 'mixed' } as const
  const none = { received: 0 }
  expect(hasMixedAndSeparateVoices([stream(0), stream(1), stream(2)], three)).toBe(true)
  expect(hasMixedAndSeparateVoices([stream(0), stream(1), stream(2, {}, none)], three)).toBe(false)
  expect(hasMixedAndSeparateVoices([stream(0), stream(1, {}, none), stream(2)], three)).toBe(false)
  expect(hasMixedAndSeparateVoices([stream(0), stream(1)], tracks)).toBe(false)
})
