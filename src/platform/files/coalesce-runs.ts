/**
 * Coalesces calls: one run at a time; callers during a run share the next one. A failed run fails for those who share it only.
 */
export function coalesceRuns(work: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve()
  let nextRun: Promise<void> | undefined
  return () => {
    nextRun ??= last = last
      .catch(() => undefined)
      .then(() => {
        nextRun = undefined
        return work()
      })
    return nextRun
  }
}
