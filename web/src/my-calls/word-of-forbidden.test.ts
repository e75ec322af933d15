import { expect, test } from 'vitest'
import { wordOfForbidden } from './word-of-forbidden.ts'

const there = { isGoingOn: false, isGone: false }

test('a blocked recording is shown as being destroyed, and as destroyed once its row says so', () => {
  expect(wordOfForbidden('blocked', there)).toBe('my-calls.forbid.blocked')
  expect(wordOfForbidden('blocked', { ...there, isGone: true })).toBe('my-calls.forbid.done')
  expect(wordOfForbidden('executed', there)).toBe('my-calls.forbid.done')
})

test('a waiting prohibition is shown as waiting, and one of a call in progress as stopped', () => {
  expect(wordOfForbidden('waiting', there)).toBe('my-calls.forbid.waiting')
  expect(wordOfForbidden('waiting', { ...there, isGone: true })).toBe('my-calls.forbid.done')
  expect(wordOfForbidden('blocked', { ...there, isGoingOn: true })).toBe('my-calls.forbid.blocked.now')
})
