/**
 * Maintains capture's own list of the segments that the register has admitted (R9), with which the evidence compares the
 * register. Sends the ids every minute. Unsent ids stay on this node's disk until the database has them. Stores no facts of
 * calls.
 */
import { openTextJournal } from '#platform/journal/text-journal.ts'
import type { ReportedAdmission } from '#register/capture-nodes.ts'
import type { SegmentFacts } from '#register/admit.ts'

export interface AdmissionReporter {
  /** Adds a segment and its recording after the register has admitted them completely. */
  record(facts: SegmentFacts): void
  stop(): Promise<void>
}

export interface AdmissionReporterOptions {
  directory: string
  now: () => Temporal.Instant
  report: (some: readonly ReportedAdmission[]) => Promise<void>
  /** Called on a failed report or write; unsent reports are retried. */
  onFault: (error: unknown) => void
  intervalMs?: number
}

const reportMs = 60_000
const maxBatch = 2_000

export async function openAdmissionReporter(options: AdmissionReporterOptions): Promise<AdmissionReporter> {
  const { directory, now, report, onFault, intervalMs = reportMs } = options
  const journal = await openTextJournal({ directory, onFault })
  let reporting: Promise<void> | undefined
  const timer = setInterval(() => void reportNow(), intervalMs)
  timer.unref()

  function reportNow(): Promise<void> {
    reporting ??= reportAll()
      .catch(onFault)
      .finally(() => (reporting = undefined))
    return reporting
  }

  async function reportAll(): Promise<void> {
    for (;;) {
      const some = [...journal.all()].slice(0, maxBatch)
      if (some.length === 0) return
      await report(some.flatMap(([, text]) => JSON.parse(text) as ReportedAdmission[]))
      await Promise.all(some.map(([segmentId]) => journal.remove(segmentId, 'in-time')))
    }
  }

  return {
    record({ segmentId, startedAt, recording }) {
      const fact = { at: now().toString(), started_at: startedAt.toString() }
      const reports: ReportedAdmission[] = [
        { ...fact, kind: 'segment', id: segmentId },
        ...(recording ? [{ ...fact, kind: 'recording' as const, id: recording.id, belongs_to: segmentId }] : []),
      ]
      journal.put(segmentId, JSON.stringify(reports), 'in-time').catch(onFault)
    },
    async stop() {
      clearInterval(timer)
      await reporting
      await journal.close()
    },
  }
}
