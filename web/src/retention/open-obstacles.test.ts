import { expect, test } from 'vitest'
import { openObstacles } from './open-obstacles.ts'
import type { Retention } from './retention-shapes.ts'

test('the open obstacles are those that the server found, except those of the clock', () => {
  const obstacles = [
    { kind: 'clock-ahead', count: 0 },
    { kind: 'key-store', count: 1 },
  ] as Retention['obstacles']
  expect(openObstacles(obstacles)).toEqual([obstacles[1]])
})
