import { expect, test } from 'vitest'
import { openObstacles } from './open-obstacles.ts'
import type { Retention } from './retention-shapes.ts'

test('blockers are those found by the server, without the clock', () => {
  const obstacles = [
    { kind: 'clock-ahead', count: 0 },
    { kind: 'key-store', count: 1 },
  ] as Retention['obstacles']
  expect(openObstacles(obstacles)).toEqual([obstacles[1]])
})
