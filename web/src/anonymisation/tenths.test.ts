import { expect, test } from 'vitest'
import { formatTenths, readTenths } from './tenths.ts'

test('a position is written with minutes, seconds and tenths, and with hours if there are any', () => {
  expect([0, 7_400, 62_340, 62_390, 3_725_000].map(formatTenths)).toEqual([
    '0.00,0',
    '0.07,4',
    '1.02,3',
    '1.02,4',
    '1.02.05,0',
  ])
})

test('a tenth that rounds up carries over to second and minute', () => {
  expect(formatTenths(59_980)).toBe('1.00,0')
})

test.each([
  ['1.02,3', 62_300],
  ['1:02.3', 62_300],
  ['1:02,34', 62_340],
  ['1.02.05,0', 3_725_000],
  ['1:02:05', 3_725_000],
  ['62,3', 62_300],
  ['62', 62_000],
  ['1.02', 62_000],
  [' 0.07,4 s', 7_400],
])('“%s” is parsed', (written, ms) => {
  expect(readTenths(written)).toBe(ms)
})

test.each(['', '1.60,0', '1,2,3', '-1', '1.02,', 'kaksi', '1.2.3.4', '1:75', ',5'])('“%s” is refused', (written) => {
  expect(readTenths(written)).toBeUndefined()
})

test('a written position is parsed to the same tenth', () => {
  for (const ms of [0, 100, 59_900, 60_000, 3_599_900, 3_600_000, 86_399_900])
    expect(readTenths(formatTenths(ms))).toBe(ms)
})
