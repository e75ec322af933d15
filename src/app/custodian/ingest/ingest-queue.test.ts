import { expect, test } from 'vitest'
import { createIngestQueue } from './ingest-queue.ts'

test.each([
  ['object-store-failed', [0, 5, 15, 35, 75, 135, 195, 255]],
  ['08006', [0, 5, 15, 35, 75, 135, 195, 255]],
  ['22P02', [0, 5, 15, 35, 75, 155, 315, 635, 1275, 2555, 5115, 8715]],
  ['log-malformed', [0, 5, 15, 35, 75, 155, 315, 635, 1275, 2555, 5115, 8715]],
])(
  'a recording that fails with %s is retried at growing intervals, and its age counts from the first attempt',
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

test('a recording that no longer waits is removed, and no longer counts as the oldest', () => {
  let nowMs = 0
  const queue = createIngestQueue(() => nowMs)
  queue.due(['one'])
  nowMs = 10_000
  expect(queue.due(['two'])).toEqual(['two'])
  expect(queue.oldest()).toEqual({ sinceMs: 10_000, code: 'not-ingested' })
})

test('a recording outside the present batch keeps its interval and its age', () => {
  let nowMs = 0
  const queue = createIngestQueue(() => nowMs)
  const broken = Array.from({ length: 120 }, (_, n) => `broken-${n}`)
  for (const id of queue.due(broken)) queue.failed(id, '22P02')
  nowMs = 1_000
  // Fifty new recordings are first in the list, which is truncated after them.
  expect(queue.due(['new'], { isCutOff: true })).toEqual(['new'])
  queue.done('new')
  nowMs = 2_000
  expect(queue.due(broken)).toEqual([])
  expect(queue.oldest()).toEqual({ sinceMs: 0, code: '22P02' })
})
