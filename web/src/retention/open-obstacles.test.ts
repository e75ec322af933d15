import { describe, expect, test } from 'vitest'
import type { Retention } from './retention-shapes.ts'
import { openObstacles } from './open-obstacles.ts'

const run = (at: string, work: 'sweep' | 'backup' = 'sweep') =>
  ({ at, work, result: 'ok', recordings: 0, contacts: 0, months: [], keys: 0 }) as Retention['runs'][number]
const asOf = '2026-11-26T12:00:00Z'

describe('blockers', () => {
  test('are those found by the server, without the clock', () => {
    const obstacles = [
      { kind: 'clock-ahead', count: 0 },
      { kind: 'key-store', count: 1 },
    ] as Retention['obstacles']
    expect(openObstacles({ obstacles, runs: [run('2026-11-26T11:30:00Z')], asOf })).toEqual([obstacles[1]])
  })

  test('include a late sweep, whatever else runs', () => {
    const runs = [run('2026-11-26T11:59:00Z', 'backup'), run('2026-11-26T09:30:00Z')]
    expect(openObstacles({ obstacles: [], runs, asOf })).toEqual([
      { kind: 'sweep-late', count: 0, since: '2026-11-26T09:30:00Z' },
    ])
    expect(openObstacles({ obstacles: [], runs: [], asOf })).toEqual([])
  })
})
