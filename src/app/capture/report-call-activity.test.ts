import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { reportCallActivity, type CallActivity } from './report-call-activity.ts'

const messages: string[] = []
let live = 0
let activity: CallActivity | undefined

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] })
  messages.length = 0
  live = 0
})
afterEach(() => {
  activity?.stop()
  vi.useRealTimers()
})

function begin(): void {
  activity = reportCallActivity(
    () => live,
    (isActive) => messages.push(isActive ? 'calls' : 'quiet'),
    () => messages.push('collected'),
  )
}
function advance(seconds: number): void {
  vi.advanceTimersByTime(seconds * 1000)
}

describe('call activity', () => {
  test('is reported with the first call, and not again with the next', () => {
    begin()
    live = 1
    advance(1)
    live = 3
    advance(60)
    expect(messages).toEqual(['calls'])
  })

  test('is reported as ended after ten minutes without a call, and memory is released then', () => {
    live = 1
    begin()
    advance(30)
    live = 0
    advance(9 * 60)
    expect(messages).toEqual(['calls'])
    live = 1
    advance(1)
    live = 0
    advance(9 * 60 + 50)
    expect(messages).toEqual(['calls'])
    advance(20)
    expect(messages).toEqual(['calls', 'quiet', 'collected'])
  })

  test('includes calls that resume at the start: memory is released soon after the start only if there are none', () => {
    live = 2
    begin()
    advance(30)
    expect(messages).toEqual(['calls'])
    activity?.stop()
    messages.length = 0
    live = 0
    begin()
    advance(30)
    expect(messages).toEqual(['collected'])
  })

  test('is not reported after the stop', () => {
    begin()
    activity?.stop()
    live = 1
    advance(30)
    expect(messages).toEqual([])
  })
})
