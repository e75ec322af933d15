import type { Blocker } from '#platform/blockers/blockers.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { every, type EveryOptions, type Repeating } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { listNodeStatuses } from '#register/capture-nodes.ts'
import type { RegisterTables } from '#register/tables.ts'
import { updateStandstillAlarm, type Standstill } from '#safeguards/watch/raise-standstill.ts'
import type { Kysely } from 'kysely'
import { blockersOf } from '../../roles/read-health.ts'

const checkMs = 15_000

/** Raises the standstill alarm while the custodian or a capture has blockers, and ends it when they are gone. */
export function startStandstillAlarm(options: {
  db: Kysely<RegisterTables>
  pool: EveryOptions['pool']
  clock: Clock
  log: Log
  blockers: () => readonly Blocker[]
  onRaised: () => void
  intervalMs?: number
}): Repeating {
  const { db, pool, clock, log, blockers, onRaised } = options
  return every({
    pool,
    intervalMs: options.intervalMs ?? checkMs,
    lockName: 'seloste.standstill',
    work: async () => {
      const nodes = await listNodeStatuses(db)
      const standstills: Standstill[] = [
        ...[...blockers(), ...blockersOf(nodes)].map(({ kind, since }) => ({
          kind,
          since: Temporal.Instant.from(since),
        })),
        ...nodes.flatMap(({ state, aliveAt }) => (state === 'silent' ? [{ kind: 'capture', since: aliveAt }] : [])),
      ]
      const became = await updateStandstillAlarm(db, standstills, clock.now())
      if (became === undefined) return
      if (became === 'raised') onRaised()
      log.warn(
        { alarm: 'standstill' },
        became === 'raised' ? 'alarm raised: work is blocked' : 'alarm cleared: work is no longer blocked',
      )
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot store the alarm about blocked work; retrying')
    },
  })
}
