/**
 * Work that is as good for many as for one: whoever asks before a run begins has it as well. One run at a time; what is asked
 * meanwhile shares the next. A run that fails fails for those who share it, and for nobody after.
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
