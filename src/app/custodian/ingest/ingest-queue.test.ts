import { expect, test } from 'vitest'
import { createIngestQueue } from './ingest-queue.ts'

test.each([
  ['object-store-failed', [0, 5, 15, 35, 75, 135, 195, 255]],
  ['08006', [0, 5, 15, 35, 75, 135, 195, 255]],
  ['22P02', [0, 5, 15, 35, 75, 155, 315, 635, 1275, 2555, 5115, 8715]],
  ['log-malformed', [0, 5, 15, 35, 75, 155, 315, 635, 1275, 2555, 5115, 8715]],
])(
  'a recording that fails with %s is tried less and less often, and waits since it was first seen',
  (code, expected) => {
    let nowMs = 0
    const queue = createIngestQueue(() => nowMs)
    const tries: number[] = []
    for (; nowMs < 10_000_000 && tries.length < expected.length; nowMs += 1_000) {
      for (const id of queue.due(['broken'])) {
        tries.push(nowMs / 1000)
        queue.failed(id, code)
      }
    }
    expect(tries).toEqual(expected)
    expect(queue.oldest()).toEqual({ sinceMs: 0, code })
    queue.done('broken')
    expect(queue.oldest()).toBeUndefined()
  },
)

test('what does not wait any more is forgotten, and another is as old as it is', () => {
  let nowMs = 0
  const queue = createIngestQueue(() => nowMs)
  queue.due(['one'])
  nowMs = 10_000
  expect(queue.due(['two'])).toEqual(['two'])
  expect(queue.oldest()).toEqual({ sinceMs: 10_000, code: 'not-ingested' })
})

test('one that is not among those looked at this time keeps its pause and its age', () => {
  let nowMs = 0
  const queue = createIngestQueue(() => nowMs)
  const broken = Array.from({ length: 120 }, (_, n) => `broken-${n}`)
  for (const id of queue.due(broken)) queue.failed(id, '22P02')
  nowMs = 1_000
  // Fifty new ones come first, and the list is cut off behind them.
  expect(queue.due(['new'], { isCutOff: true })).toEqual(['new'])
  queue.done('new')
  nowMs = 2_000
  expect(queue.due(broken)).toEqual([])
  expect(queue.oldest()).toEqual({ sinceMs: 0, code: '22P02' })
})
