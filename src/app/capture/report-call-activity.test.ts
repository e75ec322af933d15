import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { reportCallActivity, type CallActivity } from './report-call-activity.ts'

const told: string[] = []
let live = 0
let telling: CallActivity | undefined

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] })
  told.length = 0
  live = 0
})
afterEach(() => {
  telling?.stop()
  vi.useRealTimers()
})

function begin(): void {
  telling = reportCallActivity(
    () => live,
    (called) => told.push(called ? 'calls' : 'quiet'),
    () => told.push('collected'),
  )
}
function pass(seconds: number): void {
  vi.advanceTimersByTime(seconds * 1000)
}

describe('whether calls go on', () => {
  test('is told with the first call, and not again with the next', () => {
    begin()
    live = 1
    pass(1)
    live = 3
    pass(60)
    expect(told).toEqual(['calls'])
  })

  test('is not taken back in a pause, but after ten minutes without one; what is left is given back then', () => {
    live = 1
    begin()
    pass(30)
    live = 0
    pass(9 * 60)
    expect(told).toEqual(['calls'])
    live = 1
    pass(1)
    live = 0
    pass(9 * 60 + 50)
    expect(told).toEqual(['calls'])
    pass(20)
    expect(told).toEqual(['calls', 'quiet', 'collected'])
  })

  test('nothing is given back after the start while calls have come back, and it is where there are none', () => {
    live = 2
    begin()
    pass(30)
    expect(told).toEqual(['calls'])
    telling?.stop()
    told.length = 0
    live = 0
    begin()
    pass(30)
    expect(told).toEqual(['collected'])
  })

  test('is told no more once it is stopped', () => {
    begin()
    telling?.stop()
    live = 1
    pass(30)
    expect(told).toEqual([])
  })
})
