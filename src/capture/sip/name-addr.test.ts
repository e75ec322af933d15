import { expect, test } from 'vitest'
import { parseNameAddr, tagOf } from './name-addr.ts'

test.each([
  ['<sip:a@b;lr>;tag=1', '', 'sip:a@b;lr', { tag: '1' }],
  ['sip:a@b;tag=1', '', 'sip:a@b', { tag: '1' }],
  ['Aino <sip:a@b>', 'Aino', 'sip:a@b', {}],
  ['"Smith \\"&\\" Sons <x>" <sip:a@b> ; Tag = 7', 'Smith "&" Sons <x>', 'sip:a@b', { tag: '7' }],
  [
    '<sip:src@10.0.0.1:5060;transport=tcp;+sip.src',
    '',
    'sip:src@10.0.0.1:5060;transport=tcp',
    { '+sip.src': undefined },
  ],
  ['<<sip:a@b>;+sip.src>', '', 'sip:a@b', { '+sip.src': undefined }],
  ['<sip:a@b>;x="q;>r"', '', 'sip:a@b', { x: '"q;r"' }],
  ['tel:+358295121001', '', 'tel:+358295121001', {}],
])('%s is parsed', (text, display, uri, parameters) => {
  const address = parseNameAddr(text)
  expect(address).toMatchObject({ display, uri })
  expect(Object.fromEntries(address!.parameters)).toEqual(parameters)
})

test.each(['', '   ', '"never closed <sip:a@b>', 'no colon', '<>', '<sip:a@b>;x="open'])('%s is refused', (text) => {
  expect(parseNameAddr(text)).toBeUndefined()
})

test('an empty tag is no tag', () => {
  expect(tagOf(parseNameAddr('<sip:a@b>;tag=')!)).toBeUndefined()
})
