import { expect, test } from 'vitest'
import { playsMixed, rangesWithoutMixed } from './mixed-streams.ts'
import type { Gap, IndexedTrack, RecordingIndex } from './recording-index.ts'
import type { Track } from './recording-log.ts'

const sampleRate = 8000

function index(tracks: Partial<Record<Track, number>>, gaps: Gap[] = [], seconds = 60) {
  const indexedTracks = Object.entries(tracks).map(([track, packetsReceived]): IndexedTrack => ({
    ...{ track: track as Track, streams: [0], codecs: [], packetsReceived, packetsLost: 0, packetsOmitted: 0 },
  }))
  return { tracks: indexedTracks, gaps, durationSamples: seconds * sampleRate } satisfies Partial<RecordingIndex>
}
const gap = (track: Track, from: number, to: number, kind: Gap['kind'] = 'pause'): Gap => ({
  ...{ track, fromSample: from * sampleRate, toSample: to * sampleRate, kind },
})
const three = { caller: 3000, official: 3000, mixed: 3000 }
const seconds = (recording: ReturnType<typeof index>) =>
  rangesWithoutMixed(recording).map(({ from, to }) => [from / sampleRate, to / sampleRate])

test('a mixed stream beside both voices is left out from end to end, even if one voice is silent for a while', () => {
  const pauses = [gap('caller', 5, 20), gap('official', 20.5, 30), gap('caller', 30.2, 31)]
  expect(seconds(index(three, pauses))).toEqual([[0, 60]])
  expect(playsMixed(index(three, pauses))).toBe(false)
})

test.each([
  ['alone', { mixed: 3000 }],
  ['beside one voice', { mixed: 3000, caller: 3000 }],
  ['beside a stream without packets', { ...three, official: 0 }],
])('a mixed stream %s is played', (_, tracks) => {
  expect(seconds(index(tracks))).toEqual([])
  expect(playsMixed(index(tracks))).toBe(true)
})

test('a mixed stream is played where a voice has not begun, has ended or was lost, or where neither arrives, for a second or more', () => {
  const gaps = [
    gap('official', 0, 4),
    gap('caller', 0, 0.5),
    gap('caller', 10, 12, 'loss'),
    gap('caller', 14, 14.5, 'loss'),
    gap('caller', 20, 25),
    gap('official', 22, 28),
    gap('caller', 50, 60),
    gap('mixed', 55, 60),
  ]
  expect(seconds(index(three, gaps))).toEqual([
    [4, 10],
    [12, 22],
    [25, 50],
  ])
  expect(playsMixed(index(three, gaps))).toBe(true)
})

test('without a mixed stream the voices are separate', () => {
  expect(playsMixed(index({ caller: 1, official: 1 }))).toBe(false)
})
