/**
 * Coalesces calls: one run at a time; callers during a run share the next one. A failed run fails for those who share it only.
 */
export function shareRuns(work: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve()
  let coming: Promise<void> | undefined
  return () => {
    coming ??= last = last
      .catch(() => undefined)
      .then(() => {
        coming = undefined
        return work()
      })
    return coming
  }
}
