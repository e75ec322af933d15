import { systemClock } from '../clock/clock.ts'

/** What has become of the turns of one work in this process. */
export interface Turns {
  done: number
  /** Another process had the lock. */
  elsewhere: number
  failed: number
  /** Unix time of the last turn that was done here, in seconds; 0 before the first. */
  lastDoneAt: number
  /** How long that turn took, in seconds. */
  lastSeconds: number
}

/** By the name of the work's lock; a process has few, and their names are the program's own. */
const known = new Map<string, Turns>()

/** @param seconds how long the turn took */
export function noteTurn(work: string, how: 'done' | 'elsewhere' | 'failed', seconds: number): void {
  const before = known.get(work) ?? { done: 0, elsewhere: 0, failed: 0, lastDoneAt: 0, lastSeconds: 0 }
  known.set(work, {
    ...before,
    [how]: before[how] + 1,
    ...(how === 'done' && { lastDoneAt: systemClock.now().epochMilliseconds / 1000, lastSeconds: seconds }),
  })
}

/** Every work of this process that has had a turn. */
export function turnsOf(): ReadonlyMap<string, Turns> {
  return known
}
