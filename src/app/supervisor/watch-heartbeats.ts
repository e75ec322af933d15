import type { ChildProcess } from 'node:child_process'

/** Interval of a role's heartbeat, sent while its event loop runs. */
export const heartbeatMs = 1_000

/** Checks without a heartbeat after which a process counts as hung. Blocks of seconds lose nothing: media wait in socket buffers. */
const maxSilentChecks = 20

export interface WatchHeartbeatsOptions {
  everyMs?: number
  silentChecks?: number
  onHung: (checks: number) => void
}

/**
 * Kills a child process that sends no heartbeats; the calls resume after its restart (R16). Counts checks, not time, so that no
 * child is killed because the machine was suspended or too busy to run this process.
 */
export function watchHeartbeats(
  child: ChildProcess,
  { everyMs = heartbeatMs, silentChecks = maxSilentChecks, onHung }: WatchHeartbeatsOptions,
): void {
  let silent = 0
  const timer = setInterval(() => {
    silent++
    if (silent <= silentChecks) return
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
