import type { Kysely } from 'kysely'
import type { Registry } from 'prom-client'
import { Counter, Gauge } from 'prom-client'
import type { Blockers } from '#platform/blockers/blockers.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { every, type EveryOptions, type Repeating } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { RegisterTables } from '#register/tables.ts'
import { breakGlassPeriods } from '#safeguards/watch/break-glass-periods.ts'
import { countOpenAlarms, endOldAlarms, raiseAlarms } from '#safeguards/watch/raise-alarms.ts'
import { alarmKinds } from '#safeguards/watch/thresholds.ts'
import { startStandstillAlarm } from './standstill-alarm.ts'
import type { Versions } from '../../roles/follow-versions.ts'

const watchMs = 60_000

/**
 * Scans the audit log every minute (R21). Raises alarms for the data protection officer, logs a line without names, and updates
 * metrics. Also starts the standstill alarm. One process at a time runs it.
 */
export function startAlarms({
  db,
  pool,
  versions,
  clock,
  log,
  blockers,
  registry,
  standstillMs,
}: {
  db: Kysely<RegisterTables>
  pool: EveryOptions['pool']
  versions: Pick<Versions, 'all'>
  clock: Clock
  log: Log
  /** The custodian's own blockers. */
  blockers: Pick<Blockers, 'list'>
  registry: Registry
  /** Interval of the standstill check. */
  standstillMs?: number
}): Repeating {
  const raisedTotal = new Counter({
    name: 'seloste_alarms_raised_total',
    help: 'Alarms raised about access, playback, denials, sign-ins and blocked work, by kind',
    labelNames: ['kind'],
    registers: [registry],
  })
  new Gauge({
    name: 'seloste_alarms_open',
    help: 'Open alarms, by kind',
    labelNames: ['kind'],
    registers: [registry],
    async collect() {
      const open = await countOpenAlarms(db)
      for (const kind of alarmKinds) this.set({ kind }, open.get(kind) ?? 0)
    },
  })
  const watchedAt = new Gauge({
    name: 'seloste_log_watched_timestamp_seconds',
    help: 'Time when the audit log was last checked for alarms',
    registers: [registry],
  })

  const standstill = startStandstillAlarm({
    ...{
      db,
      pool,
      clock,
      log,
      blockers: () => blockers.list(),
      ...(standstillMs !== undefined && { intervalMs: standstillMs }),
    },
    onRaised: () => raisedTotal.inc({ kind: 'standstill' }),
  })
  const onFault = (error: unknown) => {
    log.error({ err: error }, 'cannot check the audit log for alarms; retrying in a minute')
  }
  const watching = every({
    pool,
    intervalMs: watchMs,
    lockName: 'seloste.watch',
    work: async () => {
      const now = clock.now()
      for (const alarm of await raiseAlarms(db, breakGlassPeriods(versions.all), now, onFault)) {
        raisedTotal.inc({ kind: alarm.kind })
        log.warn(
          { alarm: alarm.id, kind: alarm.kind, count: alarm.count },
          'alarm raised for the data protection officer',
        )
      }
      await endOldAlarms(db)
      watchedAt.set(clock.now().epochMilliseconds / 1000)
    },
    onError: onFault,
  })
  return {
    async stop() {
      await Promise.all([watching.stop(), standstill.stop()])
    },
  }
}
