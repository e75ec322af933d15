import { expect, test } from 'vitest'
import { parseMessage } from './parse-message.ts'
import { answerSessionTimer } from './session-timer.ts'

function asked(lines: string) {
  const text = `INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nFrom: <sip:a@b>\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n${lines}\r\n\r\n`
  const parsed = parseMessage(Buffer.from(text))
  if (parsed.kind !== 'request') throw new Error('unsound')
  return answerSessionTimer(parsed)
}

test.each([
  ['Supported: timer\r\nSession-Expires: 1800', 1800],
  ['k: siprec, TIMER\r\nx: 90 ; Refresher = UAC', 90],
  ['Require: timer\r\nSession-Expires: 3600;refresher=uac', 3600],
])('%s: the caller refreshes', (lines, seconds) => {
  expect(asked(lines)).toEqual({
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
  'Supported: timer\r\nSession-Expires: 0',
  'Supported: timer\r\nSession-Expires:',
])('%s: no timer', (lines) => {
  expect(asked(lines)).toEqual({ headers: [] })
})
