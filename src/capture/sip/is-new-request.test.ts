import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNewRequest } from './is-new-request.ts'

const lines = (...all: string[]) => Buffer.from([...all, '', ''].join('\r\n'))

test.each([
  [
    'an INVITE without To tag',
    lines('INVITE sip:a SIP/2.0', 'Timestamp: 1;tag=x', 'To: <sip:a>', 'From: <sip:b>;tag=1'),
    true,
  ],
  ['an OPTIONS', lines('OPTIONS sip:a SIP/2.0', 't:sip:a'), true],
  ['a re-INVITE', lines('INVITE sip:a SIP/2.0', 'From: x', 'To: <sip:a>;tag=1'), false],
  ['a re-INVITE, compact and folded', lines('INVITE sip:a SIP/2.0', 't :', ' <sip:a>', ' ; TAG = 1'), false],
  ['an ACK', lines('ACK sip:a SIP/2.0'), false],
  ['a CANCEL', lines('CANCEL sip:a SIP/2.0', 'To: <sip:a>'), false],
  ['a response', lines('SIP/2.0 200 OK'), false],
  ['noise', Buffer.from('\0\0\0'), true],
])('%s', (_name, bytes, isNew) => {
  expect(isNewRequest(bytes)).toBe(isNew)
})

test('accepts any bytes without an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => typeof isNewRequest(Buffer.from(bytes)) === 'boolean'),
  )
})
