import type { Clock, TimerValues } from './timers.ts'

/**
 * Retransmits a 2xx to INVITE until its ACK arrives (RFC 3261 13.3.1.4), at T1, doubling up to T2, over every transport: the
 * path to the client may have an unreliable hop. Calls `notAcknowledged` after 64*T1 without an ACK. Returns a function to call
 * when the ACK arrives.
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
