import { expect, test } from 'vitest'
import { parseCSeq } from './cseq.ts'
import { parseSipUri, uriScheme } from './uri.ts'
import { parseVia, writeVia } from './via.ts'

test.each([
  ['SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport'],
  ['sip / 2.0 / tcp [2001:db8::1] : 5062 ; branch = x', 'SIP/2.0/TCP [2001:db8::1]:5062;branch=x'],
  ['SIP/2.0/TLS host.example.com', 'SIP/2.0/TLS host.example.com'],
])('%s is parsed and written', (text, written) => {
  expect(writeVia(parseVia(text)!)).toBe(written)
})

test.each([
  '',
  'SIP/2.0/UDP',
  'SIP/3.0/UDP a',
  'SIP/2.0/UDP a:0',
  'SIP/2.0/UDP a:99999',
  'SIP/2.0/UDP a b',
  'HTTP/2.0/UDP a',
  'SIP/2.0/UDP [::1',
])('the Via %s is refused', (text) => {
  expect(parseVia(text)).toBeUndefined()
})

test('a URI is split at its last @', () => {
  expect(parseSipUri('sip:a;b?c@[2001:db8::1]:5070;transport=tcp?x=y')).toEqual({
    scheme: 'sip',
    user: 'a;b?c',
    host: '2001:db8::1',
    port: 5070,
    parameters: new Map([['transport', 'tcp']]),
    hasHeaders: true,
  })
  expect(parseSipUri('tel:+358295121001')).toBeUndefined()
  expect(uriScheme('TEL:+358')).toBe('tel')
})

test('a CSeq is a number and a method', () => {
  expect(parseCSeq('0009 \t INVITE')).toEqual({ number: 9, method: 'INVITE' })
  for (const text of ['', '1', 'x INVITE', '-1 INVITE', '4294967296 INVITE', '1 IN VITE'])
    expect(parseCSeq(text)).toBeUndefined()
})
