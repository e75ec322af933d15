/**
 * Checks the object store of recordings at the start, hourly, and every minute while the store does not answer. Refuses a start
 * with a bucket that keeps deleted objects (versioning). No call waits for the checks.
 */
import type { Log } from '#platform/log/log.ts'
import { ObjectFault } from '#platform/objects/faults.ts'
import type { RegisterObjects } from '../../roles/open-objects.ts'

export interface ObjectStoreJob {
  stop: () => void
}

export interface ObjectStoreJobOptions {
  objects: Pick<RegisterObjects, 'assertDeletesPermanently'>
  log: Pick<Log, 'info' | 'error'>
  retryMs?: number
  intervalMs?: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/**
 * Starts the checks. If the store does not answer, Seloste starts: recordings wait in capture, and destructions are retried.
 * @throws ObjectFault `object-store-keeps`, `object-store-refuses`: permanent problems at the start
 */
export async function startObjectStoreChecks(options: ObjectStoreJobOptions): Promise<ObjectStoreJob> {
  const { objects, log, retryMs = minuteMs, intervalMs = hourMs } = options
  let logged: string | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function check(): Promise<void> {
    try {
      await objects.assertDeletesPermanently()
      if (logged !== undefined) log.info('the object store answers and is set up correctly')
      logged = undefined
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (logged !== message)
        log.error({ err: error }, 'the object store does not answer or is not set up correctly; retrying')
      logged = message
      throw error
    }
  }

  function checkLater(): void {
    if (stopped) return
    timer = setTimeout(
      () =>
        void check()
          .catch(() => undefined)
          .finally(checkLater),
      logged === undefined ? intervalMs : retryMs,
    )
    timer.unref()
  }

  await check().catch((error: unknown) => {
    if (!(error instanceof ObjectFault && error.code === 'object-store-away')) throw error
  })
  checkLater()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
