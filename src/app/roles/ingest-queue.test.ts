import { expect, test } from 'vitest'
import { createIngestQueue } from './ingest-queue.ts'

test('a recording that fails is tried less and less often, each minute at least, and waits since it was first seen', () => {
  let nowMs = 0
  const queue = createIngestQueue(() => nowMs)
  const tries: number[] = []
  for (; nowMs < 300_000; nowMs += 1_000) {
    for (const id of queue.due(['broken'])) {
      tries.push(nowMs / 1000)
      queue.failed(id, 'body-forged')
    }
  }
  expect(tries).toEqual([0, 5, 15, 35, 75, 135, 195, 255])
  expect(queue.oldest()).toEqual({ sinceMs: 0, code: 'body-forged' })
  queue.done('broken')
  expect(queue.oldest()).toBeUndefined()
})

test('what does not wait any more is forgotten, and another is as old as it is', () => {
  let nowMs = 0
  const queue = createIngestQueue(() => nowMs)
  queue.due(['one'])
  nowMs = 10_000
  expect(queue.due(['two'])).toEqual(['two'])
  expect(queue.oldest()).toEqual({ sinceMs: 10_000, code: 'not-ingested' })
})
