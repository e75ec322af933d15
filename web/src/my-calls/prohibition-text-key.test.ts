import { expect, test } from 'vitest'
import { prohibitionTextKey } from './prohibition-text-key.ts'

const endedCall = { isOngoing: false, isGone: false }

test('a blocked recording is shown as being destroyed, and as destroyed once its row says so', () => {
  expect(prohibitionTextKey('blocked', endedCall)).toBe('my-calls.forbid.blocked')
  expect(prohibitionTextKey('blocked', { ...endedCall, isGone: true })).toBe('my-calls.forbid.done')
  expect(prohibitionTextKey('executed', endedCall)).toBe('my-calls.forbid.done')
})

test('a waiting prohibition is shown as waiting, and one of a call in progress as stopped', () => {
  expect(prohibitionTextKey('waiting', endedCall)).toBe('my-calls.forbid.waiting')
  expect(prohibitionTextKey('waiting', { ...endedCall, isGone: true })).toBe('my-calls.forbid.done')
  expect(prohibitionTextKey('blocked', { ...endedCall, isOngoing: true })).toBe('my-calls.forbid.blocked.now')
})
