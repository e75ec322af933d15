/**
 * One timer for the packets of all calls. Each task has absolute due times, so a late tick is caught up and the times
 * do not drift: after an hour the 180,000th packet is due exactly an hour after the first.
 */
export type Pacer = {
  /**
   * Adds a task: `run` does what is due and returns its next due time (in `nowMs` time), or undefined when it is
   * finished.
   */
  readonly add: (firstDueMs: number, run: (nowMs: number) => number | undefined) => void
  readonly nowMs: () => number
  /** Returns the largest delay of a tick since the start, in ms: distinguishes a slow machine from a slow recorder. */
  readonly latestMs: () => number
}

const tickMs = 5

export function startPacer(nowMs: () => number = () => performance.now()): Pacer {
  const tasks = new Set<{ dueMs: number; run: (nowMs: number) => number | undefined }>()
  let timer: NodeJS.Timeout | undefined
  let latestMs = 0

  const tick = () => {
    const now = nowMs()
    for (const task of tasks) {
      if (task.dueMs > now) continue
      latestMs = Math.max(latestMs, now - task.dueMs)
      for (let next: number | undefined = task.dueMs; next !== undefined && next <= now;) {
        next = task.run(now)
        if (next === undefined) tasks.delete(task)
        else task.dueMs = next
      }
    }
    timer = undefined
    if (tasks.size > 0) schedule()
  }
  const schedule = () => {
    const now = nowMs()
    timer ??= setTimeout(tick, Math.max(0, (Math.floor(now / tickMs) + 1) * tickMs - now))
  }
  return {
    add: (dueMs, run) => {
      tasks.add({ dueMs, run })
      schedule()
    },
    nowMs,
    latestMs: () => latestMs,
  }
}
