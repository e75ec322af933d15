import { describe, expect, test } from 'vitest'
import { formatClock, readClock } from './clock.ts'

describe('a time of day', () => {
  test.each([
    ['8', '08:00'],
    ['8.00', '08:00'],
    ['08:15', '08:15'],
    [' klo 16.15 ', '16:15'],
    ['kl. 9.05', '09:05'],
    ['24.00', '24:00'],
    ['0.00', '00:00'],
  ])('“%s” is %s', (typed, time) => {
    expect(readClock(typed)).toBe(time)
  })

  test.each(['', '24.01', '25', '8.60', '8.5', 'aamulla', '8.00–9.00'])('“%s” is refused', (typed) => {
    expect(readClock(typed)).toBeUndefined()
  })

  test('is formatted the Finnish way, and invalid text stays unchanged', () => {
    expect(['08:00', '16:15', '24:00', '8', 'pian'].map(formatClock)).toEqual(['8.00', '16.15', '24.00', '8', 'pian'])
  })
})
