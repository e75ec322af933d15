import { watchNpm } from '#platform/processes/launched-by-npm.ts'
import type { Log } from '#platform/log/log.ts'
import type { Supervised } from '../supervisor/supervise.ts'

/** Runs until a signal, the exit of the parent `npm run`, or a failure of Seloste as a whole; then shuts down in order. */
export async function runUntilSignal(supervised: Pick<Supervised, 'failed' | 'stop'>, log: Log): Promise<void> {
  const signalled = new Promise<undefined>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve(undefined)
      })
    }
    watchNpm(() => {
      log.warn('the npm that started this has exited: stopping')
      resolve(undefined)
    })
  })
  const failure = await Promise.race([supervised.failed, signalled])
  if (failure) {
    log.error({ err: failure }, 'ending')
    process.exitCode = 1
  }
  await supervised.stop()
}
