/** Tells the supervisor whether calls go on. In: how many. Out: a word when that changes, of none not before some minutes. */

const lookMs = 500
/** Between the calls of a working day there are always some; a spare that comes and goes costs more than one that stays. */
const quietMs = 10 * 60_000
/** After its start; by then calls have come back to a process that took over. */
const startedMs = 5_000

export interface CallActivity {
  stop: () => void
}

/**
 * @param tell `true` with the first call, `false` once there was none for ten minutes
 * @param collect what is not needed any more is given back: what reading the program has left, and a day's calls. Never while one
 * goes on, as everything stands still for a tenth of a second
 */
export function reportCallActivity(
  live: () => number,
  tell: (called: boolean) => void,
  collect: () => void,
): CallActivity {
  let called = false
  let lastMs = 0
  const timer = setInterval(() => {
    const nowMs = performance.now()
    if (live() > 0) lastMs = nowMs
    const isCalled = live() > 0 || (called && nowMs - lastMs < quietMs)
    if (isCalled === called) return
    called = isCalled
    tell(called)
    if (!called) collect()
  }, lookMs)
  const starting = setTimeout(() => {
    if (live() === 0) collect()
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
