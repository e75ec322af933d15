import { expect, test } from 'vitest'
import { displayPhoneNumber } from './display-phone-number.ts'
import { maskPhoneNumber } from './mask-phone-number.ts'
import { phoneNumberKey } from './normalise-phone-number.ts'
import { type PhoneNumberKey } from './phone-number.ts'

const keyOf = (text: string): PhoneNumberKey => {
  const key = phoneNumberKey(text)
  if (key === null) throw new Error(`not a number: ${text}`)
  return key
}

test.each([
  '029 512 000',
  '0295 333 200',
  '040 123 4567',
  '0457 123 4567',
  '09 123 456',
  '014 1234',
  '018 123 45',
  '010 4601',
  '020 634 11',
  '0100 100',
  '0800 123 45',
  '020202',
])('%s is written in Finnish groups', (written) => {
  expect(displayPhoneNumber(keyOf(written))).toBe(written)
})

test('an agency configures the grouping of its own numbers', () => {
  expect(displayPhoneNumber(keyOf('0295121001'))).toBe('0295 121 001')
  expect(displayPhoneNumber(keyOf('0295121001'), { exchanges: ['29512'] })).toBe('029 512 1001')
  expect(displayPhoneNumber(keyOf('029512000'), { exchanges: ['29512'] })).toBe('029 512 000')
})

test.each([
  ['040 123 4567', '+358 40 *** **67'],
  ['029 512 1001', '+358 29 *** **01'],
  ['09 1234', '+358 9 *** ***'],
  ['+46 8 123 456 78', '+46 *** **78'],
  ['4711', '*** ***'],
  ['512000', '*** **00'],
  ['116117', '116117'],
  ['sip:matti.meikalainen@example.fi', '***@example.fi'],
])('%s is masked as %s: at most the area code and the last two digits stay', (written, masked) => {
  expect(maskPhoneNumber(keyOf(written))).toBe(masked)
})
