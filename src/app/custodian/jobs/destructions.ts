import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { advanceClock, type ClockState } from '#destruction/clock.ts'
import { destroyBlocked, recordInspectionHolds, endExpiredHolds } from '#destruction/destroy-blocked.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { listen } from '#platform/database/listen.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { channels } from '#register/channels.ts'
import type { Versions } from '../../roles/follow-versions.ts'

/** Dependencies of a destruction. */
type ExpunctionContext = Parameters<typeof destroyBlocked>[0]

/** Polling interval, for missed notifications. */
const checkMs = 5_000
const clockMs = 60_000
/** Shortest time between two sweeps after notifications, which every database role can send. */
const sweepMs = 60_000

/**
 * Starts destructions outside the regular sweep: forbidden recordings within a minute, and recordings whose preservation order or
 * inspection has ended. Also watches the clock (R49-R51, L37).
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
  expunging: ExpunctionContext
  pool: EveryOptions['pool']
  databaseUrl: string
  versions: Versions
  clock: Clock
  log: Log
  /** Called when destruction by term resumes because people have confirmed the time. */
  onClockConfirmed: () => Promise<void>
}): Promise<{ stop: () => Promise<void> }> {
  const { db } = expunging
  let lastClockState: ClockState = 'right'
  let again = false
  let checking: Promise<void> | undefined
  let clockCheckedAt: number | undefined
  const watcher = randomUUID()
  let watching: Promise<void> = Promise.resolve()
  let isSweepDue = false
  let sweptAt = -Infinity
  let sweeping: Promise<void> | undefined
  const stopping = new AbortController()
  // Before any sweep, so that a clock that jumped is detected before anything is destroyed.
  await watchClock()
  await recordInspectionHolds(db, isHoldForInspection())

  const clockWatch = every({
    pool,
    intervalMs: clockMs,
    lockName: 'seloste.clock',
    work: watchClock,
    onError: (error) => {
      log.error(
        { err: error },
        'cannot check the clock against the database; terms are applied up to the last checked time',
      )
    },
  })
  const checks = every({
    pool,
    intervalMs: checkMs,
    lockName: 'seloste.ends',
    work: async () => {
      await recordInspectionHolds(db, isHoldForInspection())
      await check()
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot destroy prohibited recordings; they cannot be played; retrying')
    },
  })
  const listening = listen({
    url: databaseUrl,
    channels: [channels.destructionDue],
    onNotification: (_channel, payload) => {
      if (payload === 'clock') sweepSoon()
      else void check().catch(logFailure)
    },
    onBroken: (error) => {
      log.warn({ err: error }, 'no notifications of prohibitions from the database; polling every few seconds')
    },
  })

  function isHoldForInspection(): boolean {
    return versions.at(clock.now()).description.switches.holdForInspection
  }

  /** Checks the clock. Checks run one after the other, because each measures the time since the previous one. */
  function watchClock(): Promise<void> {
    const watched = watching.then(advanceClockMark)
    watching = watched.catch(() => undefined)
    return watched
  }

  async function advanceClockMark(): Promise<void> {
    const seenAt = performance.now()
    const ranMs = clockCheckedAt === undefined ? 0 : Math.round(seenAt - clockCheckedAt)
    const state = await advanceClock(db, Temporal.Duration.from({ milliseconds: ranMs }), watcher)
    clockCheckedAt = seenAt
    if (state === lastClockState) return
    if (state === 'right') log.info('the clock agrees with the database again: destruction by term resumes')
    if (state === 'ahead') {
      log.error(
        'the clock jumped ahead: destruction by term is stopped until two people confirm the time on the screen',
      )
    }
    if (state === 'behind') log.error('the clock went back: correct it; expired recordings are not served meanwhile')
    lastClockState = state
  }

  /** Sweeps at once, or a minute after the last sweep. */
  function sweepSoon(): void {
    isSweepDue = true
    sweeping ??= (async () => {
      while (isSweepDue) {
        await wait(Math.max(0, sweptAt + sweepMs - performance.now()), undefined, { signal: stopping.signal })
        isSweepDue = false
        sweptAt = performance.now()
        await watchClock().then(onClockConfirmed).catch(logFailure)
      }
    })()
      .catch(() => undefined)
      .finally(() => (sweeping = undefined))
  }

  /** Destroys due recordings, one run at a time. A notification during a run causes another run after it. */
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
    // Ends of preservation orders are not logged.
    const { inspections } = await endExpiredHolds(db)
    if (inspections > 0) {
      log.warn(
        { inspections },
        'recordings reached their term and were destroyed with an inspection open: inform the requesters in writing',
      )
    }
    const { destroyed, waiting, failures } = await destroyBlocked(expunging, clock.now())
    if (destroyed.length > 0) log.info({ recordings: destroyed.length }, 'destroyed recordings before their term')
    for (const { id, why } of waiting)
      log.warn({ recording: id, why }, 'a recording is blocked but not yet destroyed in every copy')
    for (const { id, error } of failures) log.error({ recording: id, err: error }, 'cannot destroy a recording')
  }

  function logFailure(error: unknown): void {
    log.error({ err: error }, 'cannot destroy prohibited recordings; they cannot be played; retrying')
  }

  return {
    async stop() {
      stopping.abort()
      await listening.stop()
      await sweeping
      await Promise.all([clockWatch.stop(), checks.stop()])
      await checking?.catch(() => undefined)
    },
  }
}
