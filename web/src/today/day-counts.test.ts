import { expect, test } from 'vitest'
import { totalOf } from './day-counts.ts'

const counts = { calls: 56, answered: 56, talking: 1, waiting: 0 }
const fewer = { calls: 20, answered: 18, talking: 0, waiting: 2 }

test('the day’s total is that of all calls that the viewer may count, when numbers or units are withheld', () => {
  expect(totalOf({ byNumber: [], byUnit: [{ unit: 'Oulu', ...counts }] })).toEqual(counts)
  expect(
    totalOf({ byNumber: [{ number: '+358', display: '', ...fewer }], byUnit: [{ unit: 'Oulu', ...counts }] }),
  ).toEqual(counts)
  expect(totalOf({ byNumber: [{ number: '+358', display: '', ...counts }], byUnit: [] })).toEqual(counts)
})
