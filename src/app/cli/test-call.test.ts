import { describe, expect, test } from 'vitest'
import type { EnteredCall } from '#register/history/read-entered-call.ts'
import { judgeTestCall } from './test-call.ts'

const call = { number: '029 497 099', isAccepted: true }
const recorded: EnteredCall = {
  ...{ contact: 'b1d7bd5a', record: true, reason: 'drawn', share: 1, failure: null, recording: 'STORED' },
}

describe('a completed test call', () => {
  test('that was recorded is a success', () => {
    expect(judgeTestCall(recorded, call)).toEqual({
      failed: false,
      message: 'it was recorded. The call is in the history as b1d7bd5a',
    })
  })

  test.each<[string, Parameters<typeof judgeTestCall>[0], string]>([
    [
      'to a number that the description does not list',
      { ...recorded, record: false, reason: 'unknown-number', recording: null },
      'the description in force does not list 029 497 099',
    ],
    [
      'that the plan draws and that has no recording',
      { ...recorded, recording: null, failure: 'no-key' },
      'although the description wants it (no-key)',
    ],
    ['whose recording is not sealed', { ...recorded, recording: 'CAPTURING' }, 'not sealed after 20 s'],
    ['that is not in the history', 'missing', 'not in the history after 20 s'],
  ])('%s is a failure, and the message has the cause', (_call, found, message) => {
    const judged = judgeTestCall(found, call)
    expect(judged.failed).toBe(true)
    expect(judged.message).toContain(message)
  })

  test('that the plan does not record is no failure, and the reason is named', () => {
    const judged = judgeTestCall(
      { ...recorded, record: false, reason: 'not-drawn', share: 0.125, recording: null },
      call,
    )
    expect(judged).toMatchObject({ failed: false, message: expect.stringContaining('records 12.5 % of the calls') })
  })

  test('is judged by what capture accepted if the history cannot be read', () => {
    const unknown = { unknown: 'no Seloste runs on /x' }
    expect(judgeTestCall(unknown, call)).toMatchObject({
      failed: false,
      message: expect.stringContaining('is not known'),
    })
    expect(judgeTestCall(unknown, { ...call, isAccepted: false })).toMatchObject({
      failed: true,
      message: expect.stringContaining('nothing was recorded'),
    })
  })
})
