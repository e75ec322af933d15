import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alphaOf } from './krippendorff.ts'

/** Four observers, twelve units, some values missing: example C of Krippendorff (2011). */
const observers = [
  [1, 2, 3, 3, 2, 1, 4, 1, 2, null, null, null],
  [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, null, 3],
  [null, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, null],
  [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, null],
]
const units = observers[0]!.map((_, unit) => observers.flatMap((values) => values[unit] ?? []))

describe('alpha', () => {
  test.each([
    ['nominal', 0.743],
    ['ordinal', 0.815],
    ['interval', 0.849],
  ] as const)('of the published example is, %s, %f', (measure, published) => {
    expect(alphaOf(units, measure)).toBeCloseTo(published, 3)
  })

  test('of two observers and binary data without gaps is the published 0.095', () => {
    const [ben, gerry] = [
      [0, 1, 0, 0, 0, 0, 0, 0, 1, 0],
      [1, 1, 1, 0, 0, 1, 0, 0, 0, 0],
    ]
    expect(
      alphaOf(
        ben.map((value, unit) => [value, gerry[unit]!]),
        'nominal',
      ),
    ).toBeCloseTo(0.095, 3)
  })

  test('is 1 if all agree on differing items, and never more', () => {
    expect(
      alphaOf(
        [
          [1, 1, 1],
          [4, 4],
          [2, 2],
        ],
        'ordinal',
      ),
    ).toBe(1)
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }), { maxLength: 8 }),
        fc.constantFrom('nominal' as const, 'ordinal' as const, 'interval' as const),
        (values, measure) => {
          const alpha = alphaOf(values, measure)
          expect(alpha === null || alpha <= 1).toBe(true)
        },
      ),
    )
  })

  test('is undefined if no values differ, or nothing was judged twice', () => {
    expect(
      alphaOf(
        [
          [3, 3],
          [3, 3, 3],
        ],
        'interval',
      ),
    ).toBeNull()
    expect(alphaOf([[1], [2], []], 'nominal')).toBeNull()
  })
})
