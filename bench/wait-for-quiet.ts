import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** Cores that other work may keep busy, and for how long before a bench. */
const quiet = { cores: 0.3, seconds: 10 }
const longestWaitSeconds = 120

/**
 * Waits until other work has kept less than 0.3 cores busy for ten seconds, or for two minutes. The load average is not used: it
 * still contains the previous bench.
 * @returns the cores that were busy in the last ten seconds
 */
export async function waitForQuiet(): Promise<number> {
  const waitUntil = performance.now() + longestWaitSeconds * 1000
  for (;;) {
    const before = busyMs()
    const startedMs = performance.now()
    await sleep(quiet.seconds * 1000)
    const busyCores = (busyMs() - before) / (performance.now() - startedMs)
    if (busyCores < quiet.cores || performance.now() > waitUntil) return busyCores
    console.log(`waiting: ${busyCores.toFixed(1)} cores are busy with other work`)
  }
}

/** Returns the milliseconds in which cores have been busy since the machine started, summed over the cores. */
function busyMs(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0)
}
