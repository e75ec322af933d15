import { expect, test } from 'vitest'
import { stretchesWhere } from './stretches.ts'

test('stretches are as long as possible, also at both ends', () => {
  const marks = [1, 1, 0, 1, 0, 0, 1]
  expect(stretchesWhere(marks.length, (frame) => marks[frame] === 1)).toEqual([
    { from: 0, to: 2 },
    { from: 3, to: 4 },
    { from: 6, to: 7 },
  ])
  expect(stretchesWhere(0, () => true)).toEqual([])
})
