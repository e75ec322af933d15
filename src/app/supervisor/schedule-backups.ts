/**
 * Runs the nightly backup: starts `seloste backup --due` as a child process at the configured time, and then hourly until it
 * succeeds. A backup needs the owner's access to the database, which no role has.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { termZone } from '#description/terms.ts'
import type { Settings } from '#platform/config/settings.ts'
import type { Log } from '#platform/log/log.ts'

export interface BackupSchedule {
  stop: () => Promise<void>
}

const checkMs = 30_000
const retryMs = 60 * 60_000

/** Returns the latest scheduled start: today's time in Europe/Helsinki, or yesterday's. */
export function lastDue(now: Temporal.Instant, at: Temporal.PlainTime): Temporal.Instant {
  const local = now.toZonedDateTimeISO(termZone)
  const today = local.withPlainTime(at)
  const isPast = Temporal.ZonedDateTime.compare(today, local) <= 0
  return (isPast ? today : local.subtract({ days: 1 }).withPlainTime(at)).toInstant()
}

/** @param program entry file of the command line */
export function scheduleBackups(
  { backups, backupAt }: Pick<Settings, 'backups' | 'backupAt'>,
  program: string,
  log: Log,
): BackupSchedule {
  if (backups.length === 0) return { stop: () => Promise.resolve() }
  let running: ChildProcess | undefined
  let doneFor: Temporal.Instant | undefined
  let failedAt = -Infinity
  const check = () => {
    const due = lastDue(Temporal.Now.instant(), backupAt)
    if (running || doneFor?.equals(due) === true || performance.now() - failedAt < retryMs) return
    running = spawn(process.execPath, [...process.execArgv, program, 'backup', '--due'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    running.on('error', (error) => {
      failedAt = performance.now()
      log.error({ err: error }, 'cannot start the backup; retrying in an hour')
      running = undefined
    })
    running.on('exit', (code, signal) => {
      running = undefined
      if (code === 0) doneFor = due
      else {
        failedAt = performance.now()
        log.error({ code, signal }, 'the backup failed; see its last line above. Retrying in an hour')
      }
    })
  }
  const timer = setInterval(check, checkMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      if (!running) return
      // Partial output does not count as a backup, and the next run removes it.
      const ended = once(running, 'exit')
      running.kill('SIGTERM')
      await ended
    },
  }
}
