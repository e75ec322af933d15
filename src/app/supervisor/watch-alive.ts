import type { ChildProcess } from 'node:child_process'

/** What a role tells its supervisor so often, for as long as its event loop turns. */
export const aliveEveryMs = 1_000

/** So many looks in a row without a word, and it hangs. Calls survive a standstill of seconds: media waits in socket buffers. */
const looksAllowed = 20

export interface WatchAliveOptions {
  everyMs?: number
  looks?: number
  onHung: (silentLooks: number) => void
}

/**
 * Kills a child that says nothing any more: whoever restarts it takes its calls back (R16). What is counted is our own looks
 * and not time, so that a machine that slept, or that had no time for us either, kills nobody.
 */
export function watchAlive(
  child: ChildProcess,
  { everyMs = aliveEveryMs, looks = looksAllowed, onHung }: WatchAliveOptions,
): void {
  let silent = 0
  const timer = setInterval(() => {
    silent++
    if (silent <= looks) return
    clearInterval(timer)
    onHung(silent)
    child.kill('SIGKILL')
  }, everyMs)
  child.on('message', () => (silent = 0))
  child.on('exit', () => clearInterval(timer))
}

/** The child's half. */
export function tellAlive(everyMs = aliveEveryMs): void {
  if (!process.send) return
  setInterval(() => process.connected && process.send?.({ alive: true }), everyMs).unref()
}
