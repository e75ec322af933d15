import { describe, expect, test } from 'vitest'

const pairs = {
  Instant: [Temporal.Instant.from('2026-01-01T00:00:00Z'), Temporal.Instant.from('2026-01-01T00:00:00.001Z')],
  ZonedDateTime: [
    Temporal.ZonedDateTime.from('2026-01-01T00:00[Europe/Helsinki]'),
    Temporal.ZonedDateTime.from('2026-01-01T00:00[Europe/Stockholm]'),
  ],
  PlainDate: [Temporal.PlainDate.from('2026-01-01'), Temporal.PlainDate.from('2026-01-02')],
  PlainTime: [Temporal.PlainTime.from('08:00'), Temporal.PlainTime.from('08:01')],
  PlainYearMonth: [Temporal.PlainYearMonth.from('2026-01'), Temporal.PlainYearMonth.from('2026-02')],
  Duration: [Temporal.Duration.from('P1M'), Temporal.Duration.from('P2M')],
} as const

describe.each(Object.entries(pairs))('two values of Temporal.%s', (_, [one, other]) => {
  const again = (one.constructor as unknown as { from: (value: unknown) => unknown }).from(one)

  test('are equal if they represent the same value, and not otherwise, alone and inside other values', () => {
    expect(one).toEqual(again)
    expect({ at: [one] }).toStrictEqual({ at: [again] })
    expect(one).not.toEqual(other)
    expect({ at: [one], more: 1 }).not.toMatchObject({ at: [other] })
    expect({ at: [one] }).not.toStrictEqual({ at: [other] })
    expect({ at: one, more: 1 }).not.toEqual(expect.objectContaining({ at: other }))
    expect([{ at: one }]).not.toContainEqual({ at: other })
    expect(one).not.toEqual(String(one))
  })
})
