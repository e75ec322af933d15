/** Reports to the supervisor when calls begin, and when there have been none for some minutes. */

const checkMs = 500
/** Long enough for gaps within a working day: restarting a spare process costs more than keeping it. */
const quietMs = 10 * 60_000
/** Delay of the first report after the start; interrupted calls have resumed by then. */
const startedMs = 5_000

export interface CallActivity {
  stop: () => void
}

/**
 * @param report receives `true` at the first call, and `false` after ten minutes without calls
 * @param releaseMemory releases memory left from loading the program, or of a day's calls; never during a call, as it blocks for a
 * tenth of a second
 */
export function reportCallActivity(
  live: () => number,
  report: (isActive: boolean) => void,
  releaseMemory: () => void,
): CallActivity {
  let wasActive = false
  let lastMs = 0
  const timer = setInterval(() => {
    const nowMs = performance.now()
    if (live() > 0) lastMs = nowMs
    const isActive = live() > 0 || (wasActive && nowMs - lastMs < quietMs)
    if (isActive === wasActive) return
    wasActive = isActive
    report(isActive)
    if (!isActive) releaseMemory()
  }, checkMs)
  const starting = setTimeout(() => {
    if (live() === 0) releaseMemory()
  }, startedMs)
  timer.unref()
  starting.unref()
  return {
    stop() {
      clearInterval(timer)
      clearTimeout(starting)
    },
  }
}
