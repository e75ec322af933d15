/**
 * Verifies a part of the recordings each day, and all of them in a cycle, on one thread. Results appear in the retention overview
 * and the log.
 */
import { Gauge, type Registry } from 'prom-client'
import type { Clock } from '#platform/clock/clock.ts'
import type { Settings } from '#platform/config/settings.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import { describeFinding } from '#register/verify/findings.ts'
import type { DestructionProofContext } from '#register/verify/prove-destroyed.ts'
import { verifyRecordings } from '#register/verify/verify-recordings.ts'
import { lastVerification, recordRun } from '#safeguards/runs/record-run.ts'
import { backupPlacesToVerify } from '../backup-places-to-verify.ts'

const checkMs = 15 * 60_000
const hoursBetween = 24
/** Longest daily run. A million recordings of five minutes are verified in a few days on one thread. */
const maxSeconds = 5 * 60

export interface RecordingVerificationOptions {
  proving: Omit<DestructionProofContext, 'places'>
  backups: Settings['backups']
  pool: EveryOptions['pool']
  clock: Clock
  log: Log
  registry: Registry
}

export function startRecordingVerification({
  proving,
  backups,
  pool,
  clock,
  log,
  registry,
}: RecordingVerificationOptions): {
  stop: () => Promise<void>
} {
  const findings = new Gauge({
    name: 'seloste_recordings_unproved',
    help: 'Findings in the latest batch of the custodian’s verification of recordings',
    registers: [registry],
  })
  return every({
    pool,
    intervalMs: checkMs,
    lockName: 'seloste.verify-recordings',
    work: async (signal) => {
      const last = await lastVerification(proving.db)
      const isDue = !last || Temporal.Instant.compare(last.at.add({ hours: hoursBetween }), clock.now()) <= 0
      if (!isDue) return
      const report = await verifyRecordings(
        { ...proving, places: await backupPlacesToVerify(backups) },
        {
          after: last?.resumeAfter,
          maxSeconds,
          // Other cores are for calls.
          threads: 1,
          signal,
        },
      )
      if (signal.aborted) return
      await recordRun(proving.db, {
        work: 'verification',
        recordings: report.held + report.destroyed,
        resumeAfter: report.resumeAfter,
        ...(report.found > 0 && { fault: report.findings[0]!.code }),
      })
      findings.set(report.found)
      if (report.found === 0) return
      log.error(
        { found: report.found, first: report.findings.slice(0, 5).map(describeFinding) },
        'stored recordings were altered, or destroyed ones still exist: run "seloste recordings verify"',
      )
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot verify recordings; retrying')
    },
  })
}
