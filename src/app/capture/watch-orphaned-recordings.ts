import type { Kysely } from 'kysely'
import { Gauge, type Registry } from 'prom-client'
import { findOrphanedRecordings } from '#capture/session/recovery/orphaned-recordings.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Log } from '#platform/log/log.ts'
import { destructionTime } from '#register/register-time.ts'
import type { RegisterTables } from '#register/tables.ts'

const checkMs = 3_600_000

/** Checks hourly for recordings without a known call (AC8): an alarm while there are any. */
export function watchOrphanedRecordings(options: {
  folder: string
  known: () => ReadonlySet<string>
  db: Kysely<RegisterTables>
  clock: Clock
  log: Log
  registry: Registry
}): { stop: () => void } {
  const { folder, known, db, clock, log, registry } = options
  const gauge = new Gauge({
    name: 'seloste_capture_recordings_without_call',
    help: 'Recordings more than a day old that belong to no known call; they cannot be played',
    registers: [registry],
  })
  const check = async () => {
    try {
      // Retried later if the register is away.
      const destructionNow = await destructionTime(db).catch(() => undefined)
      const { waiting, destroyed } = await findOrphanedRecordings(folder, known(), clock.now(), destructionNow)
      gauge.set(waiting.length)
      if (waiting.length > 0) log.error({ recordings: waiting }, 'recordings belong to no known call')
      if (destroyed.length > 0) log.warn({ recordings: destroyed }, 'destroyed recordings that belong to no known call')
    } catch (error) {
      log.error({ err: error }, 'cannot search for recordings that belong to no known call; retrying')
    }
  }
  void check()
  const timer = setInterval(() => void check(), checkMs)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
