/**
 * Ingests recordings after capture has stored them, on notification and by polling. A failure is recorded, and retried after a
 * pause.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '#platform/clock/clock.ts'
import { listen } from '#platform/database/listen.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { Traces } from '#platform/traces/traces.ts'
import { channels } from '#register/channels.ts'
import {
  recordingsOfCrashedIngests,
  ingestRecording,
  recordBeforeIngest,
  recordIngestFault,
  recordingsToIngest,
  type IngestContext,
} from '#register/recordings/ingest-recording.ts'
import { createIngestQueue } from './ingest-queue.ts'
import { traceIngest } from './trace-ingest.ts'

const checkMs = 5_000
const maxPerBatch = 50
/** Maximum number of waiting recordings read per run. Failed ones keep their pause while they are in this list. */
const maxWaiting = 10_000
/** Pause between runs: each call sends several notifications, and a run for each would mostly find nothing. */
const pauseMs = 200

export interface RecordingIngest {
  /** Returns the recording that has waited longest. */
  oldest: ReturnType<typeof createIngestQueue>['oldest']
  stop: () => Promise<void>
}

export function ingestRecordings(options: {
  context: IngestContext
  pool: EveryOptions['pool']
  databaseUrl: string
  traces: Traces
  clock: Clock
  log: Log
}): RecordingIngest {
  const { context, pool, databaseUrl, traces, clock, log } = options
  const { db } = context
  const queue = createIngestQueue()
  const traced = traceIngest(traces, () => clock.now().epochMilliseconds, db)
  let begun = false
  let again = false
  let checking: Promise<void> | undefined
  const polling = every({
    pool,
    intervalMs: checkMs,
    lockName: 'seloste.keep',
    work: check,
    onError: (error) => {
      log.error({ err: error }, 'cannot ingest recordings')
    },
  })
  const notifications = listen({
    url: databaseUrl,
    channels: [channels.recordingStored, channels.callChanged],
    onNotification: () => void check(),
    onBroken: (error) => {
      log.warn({ err: error }, 'no notifications of new recordings from the database; polling every few seconds')
    },
  })

  /** Ingests waiting recordings, one run at a time. A notification during a run causes another run after a pause. */
  function check(): Promise<void> {
    again = true
    checking ??= (async () => {
      while (again) {
        again = false
        let more = true
        while (more) more = await ingestWaiting()
        await wait(pauseMs)
      }
    })()
      .catch((error: unknown) => {
        log.error({ err: error }, 'cannot ingest recordings')
      })
      .finally(() => (checking = undefined))
    return checking
  }

  /** @returns true if some were ingested and there may be more */
  async function ingestWaiting(): Promise<boolean> {
    const waiting = await recordingsToIngest(db, maxWaiting)
    if (!begun) {
      for (const { id, code } of await recordingsOfCrashedIngests(db)) {
        log.error({ recording: id }, 'a custodian exited while ingesting this recording; retrying in an hour')
        queue.postpone(id, code)
      }
      begun = true
    }
    const due = queue.due(waiting, { isCutOff: waiting.length === maxWaiting }).slice(0, maxPerBatch)
    let ingested = 0
    for (const id of due) {
      try {
        await recordBeforeIngest(context, id)
        if (await traced(id, () => ingestRecording(context, id, clock.now()))) ingested++
        queue.done(id)
      } catch (error) {
        const { code = 'unknown' } = error as { code?: string }
        const againMs = queue.failed(id, code)
        log.error({ err: error, recording: id, againSeconds: againMs / 1000 }, 'cannot ingest a recording; retrying')
        await recordIngestFault(db, id, code)
      }
    }
    return ingested > 0 && due.length === maxPerBatch
  }

  return {
    oldest: () => queue.oldest(),
    async stop() {
      await notifications.stop()
      await polling.stop()
      await checking
    },
  }
}
