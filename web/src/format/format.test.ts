import { describe, expect, test } from 'vitest'
import { formatLength, formatPosition, readPosition, positionText, waitText } from './duration.ts'
import { formatDate, formatEnd, formatInstant, formatLastDay, formatSpan, formatTime, formatUntil } from './instant.ts'
import { formatCount, formatDraw, formatShare, withoutBreaks } from './number.ts'
import { formatPhone } from './phone.ts'

// ICU writes several kinds of no-break spaces; the pages show them unchanged.
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

describe('instants', () => {
  test('formats a time the Finnish way, in Finnish time on any machine', () => {
    expect(formatInstant('2026-11-24T13:40:00Z', 'fi')).toBe('24.11.2026 klo 15.40')
    expect(formatInstant('2026-11-24T13:40:00Z', 'sv')).toBe('24.11.2026 kl. 15.40')
    expect(formatInstant('2026-07-24T12:40:05Z', 'fi', 'seconds')).toBe('24.7.2026 klo 15.40.05')
  })

  test('in English the day comes first, with the 24-hour clock', () => {
    expect(formatDate('2026-11-24T13:40:00Z', 'en')).toBe('24 Nov 2026')
    expect(formatTime('2026-11-24T13:40:00Z', 'en')).toBe('15:40')
  })

  test('a repeated hour has its zone mark (AC7)', () => {
    expect(formatTime('2026-10-25T00:50:00Z', 'fi')).toBe('3.50 (UTC+3)')
    expect(formatTime('2026-10-25T01:10:00Z', 'fi')).toBe('3.10 (UTC+2)')
    expect(formatTime('2026-10-24T23:59:59Z', 'fi')).toBe('2.59')
    expect(formatTime('2026-10-25T02:00:00Z', 'fi')).toBe('4.00')
  })

  test('an end on the same day has no second date, and one past midnight does (AC6)', () => {
    expect(formatEnd('2026-11-24T13:52:00Z', '2026-11-24T13:40:00Z', 'fi')).toBe('klo 15.52')
    expect(formatEnd('2026-12-31T22:03:00Z', '2026-12-31T21:58:00Z', 'fi')).toBe('1.1.2027 klo 0.03')
  })

  test('an end at midnight has the date of the day that it ends, and no time', () => {
    expect(formatUntil('2027-01-01T22:00:00Z', 'fi')).toBe('1.1.2027')
    expect(formatUntil('2027-01-01T12:00:00Z', 'fi')).toBe('1.1.2027 klo 14.00')
    expect(formatLastDay('2027-01-01T22:00:00Z', 'fi')).toBe('1.1.2027')
    expect(formatLastDay('2027-01-01T12:00:00Z', 'fi')).toBe('1.1.2027')
  })

  test('a range on one day has one date and one klo, without spaces, and a range of two days has two', () => {
    const spans = (['fi', 'sv', 'en'] as const).map((language) =>
      formatSpan('2026-11-24T13:40:00Z', '2026-11-24T13:52:00Z', language),
    )
    expect(spans).toEqual(['24.11.2026 klo 15.40–15.52', '24.11.2026 kl. 15.40–15.52', '24 Nov 2026 at 15:40–15:52'])
    expect(formatSpan('2026-12-31T21:58:00Z', '2026-12-31T22:03:00Z', 'fi')).toBe(
      '31.12.2026 klo 23.58 – 1.1.2027 klo 0.03',
    )
    expect(formatSpan('2026-10-25T00:50:00Z', '2026-10-25T01:10:00Z', 'fi')).toBe(
      '25.10.2026 klo 3.50 (UTC+3)–3.10 (UTC+2)',
    )
  })
})

describe('lengths', () => {
  test('positions are written with full stops', () => {
    expect([0, 7_000, 125_999, 3_725_000].map(formatPosition)).toEqual(['0.00', '0.07', '2.05', '1.02.05'])
  })

  test('lengths are written with units, and zero too', () => {
    expect([0, 200_000, 3_600_000].map(formatLength)).toEqual(['0 s', '3 min 20 s', '1 h'])
  })

  test('a written position is parsed to the same instant, and invalid text to undefined', () => {
    expect(['1.02.05', '2:05', '65', '0.07'].map(readPosition)).toEqual([3_725_000, 125_000, 65_000, 7_000])
    expect(['', 'x', '1.75', '1.2.3.4', '-3'].map(readPosition)).toEqual(Array(5).fill(undefined))
  })

  test('a spoken position leaves out missing hours', () => {
    const spoken: string[] = []
    positionText(125_000, (key, values) => {
      spoken.push(`${key} ${values?.['count']}`)
      return 'x'
    })
    expect(spoken).toEqual(['shell.time.minutes 2', 'shell.time.seconds 5'])
  })

  test('a spoken wait leaves out units of zero', () => {
    const t = (ms: number) => waitText(ms, (key, values) => `${values?.['count']} ${key.slice('shell.time.'.length)}`)
    expect(t(120_000)).toBe('2 minutes')
    expect(t(3_605_000)).toBe('1 hours 5 seconds')
    expect(t(0)).toBe('0 seconds')
  })
})

test('counts are grouped by spaces, and shares and draws have a decimal comma', () => {
  expect(plain(formatCount(1_248_331, 'fi'))).toBe('1 248 331')
  expect(plain(formatShare(0.1, 'sv'))).toBe('10 %')
  expect(formatDraw(0.0421, 'fi')).toBe('0,0421')
})

test('numbers are grouped the Finnish way, and masked ones stay unchanged', () => {
  expect(['+35829497000', '+358295121001', '+358401234567', '+3589123456'].map(formatPhone)).toEqual([
    '029 497 000',
    '029 512 1001',
    '040 123 4567',
    '09 123 456',
  ])
  expect(formatPhone('+358 40 *** **67')).toBe('+358 40 *** **67')
  expect(formatPhone('+46701234567')).toBe('+46701234567')
})

test('a grouped number does not break between lines, and other text may', () => {
  expect(withoutBreaks('Numeron 029 497 000 osuus 10 % 5 kuukautta')).toBe(
    'Numeron 029\u00a0497\u00a0000 osuus 10\u00a0% 5 kuukautta',
  )
})
