import type { Kysely } from 'kysely'
import { Gauge, type Registry } from 'prom-client'
import { findOrphanedRecordings, findUnreadableCalls } from '#capture/session/recovery/orphaned-recordings.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Log } from '#platform/log/log.ts'
import { destructionTime } from '#register/register-time.ts'
import type { RegisterTables } from '#register/tables.ts'

const checkMs = 3_600_000

/** Checks hourly for recordings without a known call (AC8) and for unreadable files of the spool; logs and counts them. */
export function watchOrphanedRecordings(options: {
  folder: string
  callsFolder: string
  /** Returns the ids of recordings in progress and of preallocated files. */
  known: () => ReadonlySet<string>
  db: Kysely<RegisterTables>
  clock: Clock
  log: Log
  registry: Registry
}): { stop: () => void } {
  const { folder, callsFolder, known, db, clock, log, registry } = options
  const gauge = new Gauge({
    name: 'seloste_capture_recordings_without_call',
    help: 'Recordings more than a day old that belong to no known call; they cannot be played',
    registers: [registry],
  })
  const unreadable = new Gauge({
    name: 'seloste_capture_unreadable_call_files',
    help: 'Files of the spool with call data that could not be read at a start, kept for an operator',
    registers: [registry],
  })
  const check = async () => {
    try {
      // Retried later if the database is unavailable.
      const destructionNow = await destructionTime(db).catch(() => undefined)
      const { waiting, destroyed } = await findOrphanedRecordings(folder, known(), clock.now(), destructionNow)
      gauge.set(waiting.length)
      if (waiting.length > 0) log.error({ recordings: waiting }, 'recordings belong to no known call')
      if (destroyed.length > 0) log.warn({ recordings: destroyed }, 'destroyed recordings that belong to no known call')
      const calls = await findUnreadableCalls(callsFolder, clock.now(), destructionNow)
      unreadable.set(calls.waiting.length)
      if (calls.waiting.length > 0) log.error({ files: calls.waiting }, 'files of the spool could not be read')
      if (calls.destroyed.length > 0)
        log.warn({ files: calls.destroyed }, 'destroyed files of the spool that could not be read')
    } catch (error) {
      log.error({ err: error }, 'cannot search for what a crash left outside the register; retrying')
    }
  }
  void check()
  const timer = setInterval(() => void check(), checkMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
