import { expect, test } from 'vitest'
import { firstMark, isFromWrong, tracksOf, markedFrom, markedTo, stretchOf, withoutEnd } from './mark.ts'

test('a mark is on both tracks by default', () => {
  expect(tracksOf(firstMark)).toEqual(['CALLER', 'OFFICIAL'])
  expect(tracksOf({ ...firstMark, track: 'OFFICIAL' })).toEqual(['OFFICIAL'])
})

test('a mark needs both ends to become a stretch', () => {
  expect(stretchOf(firstMark, 60_000)).toEqual({ wrong: 'missing' })
  expect(stretchOf(markedTo(markedFrom(firstMark, 1000.4), 1999.7), 60_000)).toEqual({ fromMs: 1000, toMs: 2000 })
})

test('the previous mark’s end is cleared when the next mark starts after it', () => {
  const before = markedTo(markedFrom(firstMark, 1000), 2000)
  const next = markedFrom(before, 5000)
  expect(next.toMs).toBeUndefined()
  expect(markedTo(before, 500).fromMs).toBeUndefined()
  expect(markedFrom(before, 1500).toMs).toBe(2000)
})

test('ends in the wrong order, and an end beyond the recording, are reported and not corrected', () => {
  expect(stretchOf({ ...firstMark, fromMs: 2000, toMs: 1000 }, 60_000)).toEqual({ wrong: 'order' })
  expect(stretchOf({ ...firstMark, fromMs: 2000, toMs: 90_000 }, 60_000)).toEqual({ wrong: 'beyond' })
})

test('an end overwritten with an invalid time does not keep its former value', () => {
  const mark = markedTo(markedFrom(firstMark, 1000), 2000)
  expect(stretchOf(withoutEnd(mark, 'toMs'), 60_000)).toEqual({ wrong: 'missing' })
  expect(stretchOf(withoutEnd(mark, 'fromMs'), 60_000)).toEqual({ wrong: 'missing' })
})

test('an invalid mark names the end to correct', () => {
  const isFrom = (fromMs?: number, toMs?: number) =>
    isFromWrong({ ...firstMark, ...(fromMs !== undefined && { fromMs }), ...(toMs !== undefined && { toMs }) }, 60_000)
  expect(isFrom()).toBe(true)
  expect(isFrom(1000)).toBe(false)
  expect(isFrom(2000, 1000)).toBe(true)
  expect(isFrom(2000, 90_000)).toBe(false)
  expect(isFrom(90_000, 1000)).toBe(true)
})
