import type { ChildProcess } from 'node:child_process'

/** Interval of a role's heartbeat, sent while its event loop runs. */
export const aliveEveryMs = 1_000

/** Checks without heartbeat before a process counts as hung. Calls survive blocks of seconds: media wait in socket buffers. */
const maxSilentChecks = 20

export interface WatchAliveOptions {
  everyMs?: number
  silentChecks?: number
  onHung: (checks: number) => void
}

/**
 * Kills a child without heartbeat; its restart resumes the calls (R16). Counts checks and not time, so that a machine that
 * slept, or that was too busy for this process too, kills nothing.
 */
export function watchAlive(
  child: ChildProcess,
  { everyMs = aliveEveryMs, silentChecks = maxSilentChecks, onHung }: WatchAliveOptions,
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

/** The child's side. */
export function sendHeartbeats(everyMs = aliveEveryMs): void {
  if (!process.send) return
  setInterval(() => process.connected && process.send?.({ alive: true }), everyMs).unref()
}
