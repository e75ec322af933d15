import type { ChildProcess } from 'node:child_process'

/** Interval of a role's heartbeat, sent while its event loop runs. */
export const heartbeatMs = 1_000

/** Checks without a heartbeat after which a process counts as hung. A shorter block loses no media: it waits in socket buffers. */
const defaultSilentChecks = 20

export interface WatchHeartbeatsOptions {
  everyMs?: number
  maxSilentChecks?: number
  /** Called with the number of checks without a heartbeat, before the process is killed. */
  onHung: (silentChecks: number) => void
}

/**
 * Kills a child process that sends no heartbeats; the calls resume after its restart (R16). Counts checks, not time, so that no
 * child is killed because the machine was suspended or too busy to run this process.
 */
export function watchHeartbeats(
  child: ChildProcess,
  { everyMs = heartbeatMs, maxSilentChecks = defaultSilentChecks, onHung }: WatchHeartbeatsOptions,
): void {
  let silent = 0
  const timer = setInterval(() => {
    silent++
    if (silent <= maxSilentChecks) return
    clearInterval(timer)
    onHung(silent)
    child.kill('SIGKILL')
  }, everyMs)
  child.on('message', () => (silent = 0))
  child.on('exit', () => clearInterval(timer))
}

/** Sends heartbeats to the supervisor. Called in the child process. */
export function sendHeartbeats(everyMs = heartbeatMs): void {
  if (!process.send) return
  setInterval(() => process.connected && process.send?.({ alive: true }), everyMs).unref()
}
