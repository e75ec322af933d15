import { randomUUID } from 'node:crypto'
import { advanceClock, type ClockState } from '#destruction/clock.ts'
import { applyEnds, recordInspectionHolds, settleEnds } from '#destruction/apply-ends.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { listen } from '#platform/database/listen.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { channels } from '#register/channels.ts'
import type { Versions } from '../../roles/follow-versions.ts'

/** What a destruction needs. */
type Expunging = Parameters<typeof applyEnds>[0]

/** Polling interval, for missed notifications. */
const checkMs = 5_000
const clockMs = 60_000

/**
 * Destructions out of turn in the custodian: forbidden recordings within a minute, ends of orders and inspections, and the
 * watch on the clock (R49-R51, L37).
 */
export async function startDestructions({
  expunging,
  pool,
  databaseUrl,
  versions,
  clock,
  log,
  onClockConfirmed,
}: {
  expunging: Expunging
  pool: EveryOptions['pool']
  databaseUrl: string
  versions: Versions
  clock: Clock
  log: Log
  /** Called when terms are obeyed again. */
  onClockConfirmed: () => Promise<void>
}): Promise<{ stop: () => Promise<void> }> {
  const { db } = expunging
  let clockWas: ClockState = 'right'
  let again = false
  let checking: Promise<void> | undefined
  let clockSeenAt: number | undefined
  const watcher = randomUUID()
  let watching: Promise<void> = Promise.resolve()
  // Before any sweep: a clock that has leapt is detected first.
  await watchClock()
  await recordInspectionHolds(db, holds())

  const clockWatch = every({
    pool,
    intervalMs: clockMs,
    lockName: 'seloste.clock',
    work: watchClock,
    onError: (error) => {
      log.error(
        { err: error },
        'the clock could not be checked against the database; terms are obeyed as far as it was',
      )
    },
  })
  const checks = every({
    pool,
    intervalMs: checkMs,
    lockName: 'seloste.ends',
    work: async () => {
      await recordInspectionHolds(db, holds())
      await check()
    },
    onError: (error) => {
      log.error({ err: error }, 'what was forbidden could not be destroyed; nobody hears it, and it is tried again')
    },
  })
  const listening = listen({
    url: databaseUrl,
    channels: [channels.endDecided],
    onNotification: (_channel, payload) => {
      if (payload === 'clock') void confirmed()
      else void check().catch(failed)
    },
    onBroken: (error) => {
      log.warn({ err: error }, 'the database does not tell of prohibitions; looking every few seconds')
    },
  })

  function holds(): boolean {
    return versions.at(clock.now()).description.switches.holdForInspection
  }

  /** Serialised: each measures from the previous one. */
  function watchClock(): Promise<void> {
    const watched = watching.then(advance)
    watching = watched.catch(() => undefined)
    return watched
  }

  async function advance(): Promise<void> {
    const seenAt = performance.now()
    const ranMs = clockSeenAt === undefined ? 0 : Math.round(seenAt - clockSeenAt)
    const state = await advanceClock(db, Temporal.Duration.from({ milliseconds: ranMs }), watcher)
    clockSeenAt = seenAt
    if (state === clockWas) return
    if (state === 'right') log.info('the clock agrees with the database again: terms are obeyed')
    if (state === 'ahead') {
      log.error(
        'the clock has jumped ahead: nothing is destroyed by its term until two people confirm it on the screen',
      )
    }
    if (state === 'behind') log.error('the clock has gone back: set it right; what has expired is not served meanwhile')
    clockWas = state
  }

  async function confirmed(): Promise<void> {
    await watchClock().then(onClockConfirmed).catch(failed)
  }

  /** One run at a time; notifications during a run cause another one. */
  function check(): Promise<void> {
    again = true
    checking ??= (async () => {
      while (again) {
        again = false
        await destroyDue()
      }
    })().finally(() => (checking = undefined))
    return checking
  }

  async function destroyDue(): Promise<void> {
    // Ends of orders are not logged.
    const { inspections } = await settleEnds(db)
    if (inspections > 0) {
      log.warn(
        { inspections },
        'recordings were destroyed on their day with an inspection open: tell those who asked in writing',
      )
    }
    const { destroyed, waiting, failures } = await applyEnds(expunging, clock.now())
    if (destroyed.length > 0) log.info({ recordings: destroyed.length }, 'destroyed out of turn')
    for (const { id, why } of waiting)
      log.warn({ recording: id, why }, 'a recording is blocked and not yet destroyed everywhere')
    for (const { id, error } of failures) log.error({ recording: id, err: error }, 'a recording could not be destroyed')
  }

  function failed(error: unknown): void {
    log.error({ err: error }, 'what was forbidden could not be destroyed; nobody hears it, and it is tried again')
  }

  return {
    async stop() {
      await listening.stop()
      await Promise.all([clockWatch.stop(), checks.stop()])
      await checking?.catch(() => undefined)
    },
  }
}
