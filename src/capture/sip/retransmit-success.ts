import type { Clock, TimerValues } from './timers.ts'

/**
 * Repeats a 2xx to INVITE until its ACK comes (RFC 3261 13.3.1.4), at T1, doubling up to T2, over every transport:
 * the way to the caller may have an unreliable hop. Returns the function to call when the ACK has come.
 * After 64*T1 without one, `notAcknowledged` is called.
 */
export function retransmitSuccess(
  clock: Clock,
  timers: TimerValues,
  send: () => void,
  notAcknowledged: () => void,
): () => void {
  let cancelRepeat: () => void
  const schedule = (intervalMs: number) => {
    cancelRepeat = clock.after(intervalMs, () => {
      schedule(Math.min(intervalMs * 2, timers.T2))
      send()
    })
  }
  schedule(timers.T1)
  const cancelGivingUp = clock.after(64 * timers.T1, () => {
    cancelRepeat()
    notAcknowledged()
  })
  return () => {
    cancelRepeat()
    cancelGivingUp()
  }
}
