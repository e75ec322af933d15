import type { Obstacle } from './retention-shapes.ts'

/** Returns the obstacles to destruction without the clock, which is shown separately. */
export function openObstacles(obstacles: readonly Obstacle[]): Obstacle[] {
  return obstacles.filter(({ kind }) => !kind.startsWith('clock-'))
}
