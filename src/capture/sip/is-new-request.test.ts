import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNewRequest } from './is-new-request.ts'

const lines = (...all: string[]) => Buffer.from([...all, '', ''].join('\r\n'))

test.each([
  [
    'an INVITE without To tag',
    true,
    lines('INVITE sip:a SIP/2.0', 'Timestamp: 1;tag=x', 'To: <sip:a>', 'From: <sip:b>;tag=1'),
  ],
  ['an OPTIONS', true, lines('OPTIONS sip:a SIP/2.0', 't:sip:a')],
  ['a re-INVITE', false, lines('INVITE sip:a SIP/2.0', 'From: x', 'To: <sip:a>;tag=1')],
  ['a re-INVITE, compact and folded', false, lines('INVITE sip:a SIP/2.0', 't :', ' <sip:a>', ' ; TAG = 1')],
  ['an ACK', false, lines('ACK sip:a SIP/2.0')],
  ['a CANCEL', false, lines('CANCEL sip:a SIP/2.0', 'To: <sip:a>')],
  ['a response', false, lines('SIP/2.0 200 OK')],
  ['noise', true, Buffer.from('\0\0\0')],
])('%s is a new request: %s', (_name, isNew, bytes) => {
  expect(isNewRequest(bytes)).toBe(isNew)
})

test('accepts any bytes without an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => typeof isNewRequest(Buffer.from(bytes)) === 'boolean'),
  )
})
