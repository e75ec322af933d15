/**
 * Ends database sessions of capture and desk that hold a lock the custodian waits for, and logs it: no other process may delay
 * a destruction (R22, R50). database/functions/watch/alarms.sql finds them.
 */
import { connectDatabase } from '#platform/database/connect.ts'
import type { Log } from '#platform/log/log.ts'

const patienceMs = 20_000
const checkMs = 5_000

/** Starts the job. It has its own connection, because those of the custodian's pool may all be waiting. */
export function endBlockingSessions(options: {
  databaseUrl: string
  log: Pick<Log, 'warn' | 'error'>
  patienceMs?: number
  checkMs?: number
}): { stop: () => Promise<void> } {
  const { databaseUrl, log } = options
  const { pool, close } = connectDatabase<never>({
    ...{ url: databaseUrl, applicationName: 'seloste-custodian locks', size: 1 },
    onIdleError: (error) => {
      log.warn({ err: error }, 'an idle database connection was lost')
    },
  })
  const patience = `${options.patienceMs ?? patienceMs} ms`
  let checking: Promise<void> | undefined

  async function check(): Promise<void> {
    try {
      const { rows } = await pool.query<{ role: string; sessions: number }>(
        'select role, sessions from end_blocking_sessions($1::interval)',
        [patience],
      )
      for (const { role, sessions } of rows) {
        log.error({ role, sessions }, 'ended sessions of another process that held locks needed by a destruction')
      }
    } catch (error) {
      log.error({ err: error }, 'cannot find or end sessions that hold locks needed by a destruction')
    }
  }

  const timer = setInterval(() => {
    checking ??= check().finally(() => (checking = undefined))
  }, options.checkMs ?? checkMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await checking
      await close()
    },
  }
}
