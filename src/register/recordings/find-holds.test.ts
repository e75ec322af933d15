import { expect, test } from 'vitest'
import { findHolds } from './find-holds.ts'

const hold = (atSample: number, detail?: unknown) => ({
  kind: 'hold' as const,
  atSample,
  ...(detail !== undefined && { detail }),
})
const resume = (atSample: number) => ({ kind: 'resume' as const, atSample })

test.each([
  ['a hold lasts until its resume', [hold(800), resume(4000)], [{ from: 800, to: 4000 }]],
  ['a hold without resume ends with the recording', [hold(800)], [{ from: 800, to: 8000 }]],
  ['a mark after the end gives no hold', [hold(9000), resume(9500)], []],
  ['a resume without hold gives none', [resume(100)], []],
  [
    'another reason begins another span',
    [hold(800), hold(1600, { why: 'consultation' }), resume(4000)],
    [
      { from: 800, to: 1600 },
      { from: 1600, to: 4000, why: 'consultation' },
    ],
  ],
  ['a hold of some streams only is not a hold of the call', [hold(800, { streams: [0] }), resume(4000)], []],
])('%s', (_title, marks, holds) => {
  expect(findHolds({ marks, durationSamples: 8000 })).toEqual(holds)
})
