import { expect, test } from 'vitest'
import { parseMessage } from './parse-message.ts'
import { answerSessionTimer, isIntervalTooSmall } from './session-timer.ts'

function requestWith(lines: string) {
  const text = `INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nFrom: <sip:a@b>\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n${lines}\r\n\r\n`
  const parsed = parseMessage(Buffer.from(text))
  if (parsed.kind !== 'request') throw new Error('not a request')
  return parsed
}

test.each([
  ['Supported: timer\r\nSession-Expires: 1800', 1800],
  ['k: siprec, TIMER\r\nx: 90 ; Refresher = UAC', 90],
  ['Require: timer\r\nSession-Expires: 3600;refresher=uac', 3600],
])('%s: the client refreshes', (lines, seconds) => {
  expect(answerSessionTimer(requestWith(lines))).toEqual({
    headers: [
      { name: 'require', value: 'timer' },
      { name: 'session-expires', value: `${seconds};refresher=uac` },
    ],
    expiresSeconds: seconds,
  })
})

test.each([
  'Supported: timer',
  'Session-Expires: 1800',
  'Supported: timer\r\nSession-Expires: 1800;refresher=uas',
  'Supported: timer\r\nSession-Expires: soon',
  'Supported: timer\r\nSession-Expires:',
])('%s: no timer', (lines) => {
  expect(answerSessionTimer(requestWith(lines))).toEqual({ headers: [] })
})

test.each([
  ['Supported: timer\r\nSession-Expires: 30', true],
  ['Supported: timer\r\nSession-Expires: 0', true],
  ['Require: timer\r\nSession-Expires: 89;refresher=uas', true],
  ['Supported: timer\r\nSession-Expires: 90', false],
  ['Supported: timer\r\nSession-Expires: soon', false],
  ['Supported: timer', false],
  // A client that does not support 422 does not receive it.
  ['Session-Expires: 30', false],
])('%s is too brief: %s', (lines, brief) => {
  expect(isIntervalTooSmall(requestWith(lines))).toBe(brief)
})
