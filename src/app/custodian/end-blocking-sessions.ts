/**
 * Ends database sessions of capture and desk that hold a lock the custodian waits for, and logs it: no other process may delay
 * a destruction (R22, R50). Ends those with an old transaction too: its times and its snapshot are of the past
 * (docs/decisions/0116-no-transaction-outlives-its-time.md). database/functions/watch/alarms.sql finds them.
 */
import { Counter, type Registry } from 'prom-client'
import { connectDatabase } from '#platform/database/connect.ts'
import type { Log } from '#platform/log/log.ts'

const patienceMs = 20_000
const checkMs = 5_000
/** Twice the time in which a transaction of these roles may write. */
const oldMs = 10 * 60_000

/** Starts the job. It has its own connection, because those of the custodian's pool may all be waiting. */
export function endBlockingSessions(options: {
  databaseUrl: string
  log: Pick<Log, 'warn' | 'error'>
  registry?: Registry
  patienceMs?: number
  oldMs?: number
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
  const age = `${options.oldMs ?? oldMs} ms`
  const endedTotal = new Counter({
    name: 'seloste_database_sessions_ended_total',
    help: 'Database sessions that the custodian ended, by role, because they blocked others or had an old transaction',
    labelNames: ['role', 'why'],
    registers: options.registry ? [options.registry] : [],
  })
  let checking: Promise<void> | undefined

  async function check(): Promise<void> {
    try {
      const { rows } = await pool.query<{ role: string; sessions: number }>(
        'select role, sessions from end_blocking_sessions($1::interval)',
        [patience],
      )
      for (const { role, sessions } of rows) {
        endedTotal.inc({ role, why: 'blocking' }, sessions)
        log.error({ role, sessions }, 'ended sessions of another process that held locks needed by a destruction')
      }
    } catch (error) {
      log.error({ err: error }, 'cannot find or end sessions that hold locks needed by a destruction')
    }
    try {
      const { rows } = await pool.query<{ role: string; sessions: number }>(
        'select role, sessions from end_old_transactions($1::interval)',
        [age],
      )
      for (const { role, sessions } of rows) {
        endedTotal.inc({ role, why: 'old' }, sessions)
        log.error({ role, sessions }, 'ended sessions of another process whose transaction was too old')
      }
    } catch (error) {
      log.error({ err: error }, 'cannot find or end sessions with an old transaction')
    }
  }

  const start = () => {
    checking ??= check().finally(() => (checking = undefined))
  }
  // At once: after a pause of the custodian an old transaction must not commit among newer entries of the log.
  start()
  const timer = setInterval(start, options.checkMs ?? checkMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await checking
      await close()
    },
  }
}
