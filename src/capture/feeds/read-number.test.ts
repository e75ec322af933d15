import { expect, test } from 'vitest'
import { readNumber } from './read-number.ts'

const numbering = {}

test('a number is parsed once, and text too long for a number is not cached', () => {
  expect(readNumber('040 123 4567', numbering)).toMatchObject({ key: '+358401234567' })
  expect(readNumber('040 123 4567', numbering)).toBe(readNumber('040 123 4567', numbering))
  const long = '0'.repeat(100_000)
  expect(readNumber(long, numbering)).toEqual(readNumber(long, numbering))
  expect(readNumber(long, numbering)).not.toBe(readNumber(long, numbering))
})
