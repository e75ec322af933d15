import { expect, test } from 'vitest'
import { nearestTo } from './nearest-to.ts'

const ways = [1, 4, 6, 9].map((value) => () => ({ value }))

test('the nearest is taken, or the first of two equally near', () => {
  expect(nearestTo(7, ways, ({ value }) => value)).toEqual({ value: 6 })
  expect(nearestTo(5, ways, ({ value }) => value)).toEqual({ value: 4 })
  expect(nearestTo(-20, ways, ({ value }) => value)).toEqual({ value: 1 })
})
