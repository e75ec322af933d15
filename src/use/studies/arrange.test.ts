import { expect, test } from 'vitest'
import { arrange, noCounts } from './arrange.ts'
import type { Period, Question } from './study.ts'

const period = (from: string, to: string): Period => ({
  from: Temporal.PlainDate.from(from),
  to: Temporal.PlainDate.from(to),
})
const since = Temporal.PlainDate.from('2026-09-23')
const byMonth = (time: Period, compared?: Period) =>
  arrange(
    { by: 'month', period: time, compared, measure: 'calls', numbers: [] } as unknown as Question,
    new Map([['2026-10', { ...noCounts, calls: 5 }]]),
    compared && new Map(),
    since,
  )

test('months before the first count have no cell, and later months without calls have 0', () => {
  expect(byMonth(period('2026-01-01', '2026-11-30')).map(({ key, counts }) => [key, counts.calls])).toEqual([
    ['2026-09', 0],
    ['2026-10', 5],
    ['2026-11', 0],
  ])
})

test('a month that is compared with one before the first count keeps its cell, and the other has no figures', () => {
  const cells = byMonth(period('2026-10-01', '2026-11-30'), period('2025-10-01', '2025-11-30'))
  expect(cells).toMatchObject([
    { key: '2026-10', comparedKey: '2025-10', isUncounted: false, isComparedUncounted: true },
    { key: '2026-11', comparedKey: '2025-11', isUncounted: false, isComparedUncounted: true },
  ])
})
