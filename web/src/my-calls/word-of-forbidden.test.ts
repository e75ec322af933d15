import { expect, test } from 'vitest'
import { wordOfForbidden } from './word-of-forbidden.ts'

const there = { isGoingOn: false, isGone: false }

test('what is blocked is being destroyed, and is told as destroyed once its row says so', () => {
  expect(wordOfForbidden('blocked', there)).toBe('my-calls.forbid.blocked')
  expect(wordOfForbidden('blocked', { ...there, isGone: true })).toBe('my-calls.forbid.done')
  expect(wordOfForbidden('executed', there)).toBe('my-calls.forbid.done')
})

test('what waits for somebody else’s matter waits, and what is recorded now is reported as ended', () => {
  expect(wordOfForbidden('waiting', there)).toBe('my-calls.forbid.waiting')
  expect(wordOfForbidden('waiting', { ...there, isGone: true })).toBe('my-calls.forbid.done')
  expect(wordOfForbidden('blocked', { ...there, isGoingOn: true })).toBe('my-calls.forbid.blocked.now')
})
