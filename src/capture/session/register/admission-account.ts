/**
 * Capture's own account of what it entered in the register (R9). In: facts that the register has entered for good. Out: a report of their
 * ids each minute, on this node's disk until the database has it. The evidence holds it against the register. Never here: facts of a call.
 */
import { openKeptTexts } from '#platform/journal/kept-texts.ts'
import type { ReportedAdmission } from '#register/capture-nodes.ts'
import type { SegmentFacts } from '#register/admit.ts'

export interface AdmissionAccount {
  /** Notes a segment and its recording, of which the register has entered all there is. */
  note(facts: SegmentFacts): void
  stop(): Promise<void>
}

export interface AdmissionAccountOptions {
  directory: string
  now: () => Temporal.Instant
  report: (some: readonly ReportedAdmission[]) => Promise<void>
  /** Kept, and reported later. */
  onFault: (error: unknown) => void
  intervalMs?: number
}

const reportMs = 60_000
const mostTogether = 2_000

export async function openAdmissionAccount(options: AdmissionAccountOptions): Promise<AdmissionAccount> {
  const { directory, now, report, onFault, intervalMs = reportMs } = options
  const journal = await openKeptTexts({ directory, onFault })
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
      const some = [...journal.all()].slice(0, mostTogether)
      if (some.length === 0) return
      await report(some.flatMap(([, text]) => JSON.parse(text) as ReportedAdmission[]))
      await Promise.all(some.map(([segmentId]) => journal.remove(segmentId, 'in-time')))
    }
  }

  return {
    note({ segmentId, startedAt, recording }) {
      const fact = { at: now().toString(), started_at: startedAt.toString() }
      const told: ReportedAdmission[] = [
        { ...fact, kind: 'segment', id: segmentId },
        ...(recording ? [{ ...fact, kind: 'recording' as const, id: recording.id }] : []),
      ]
      journal.put(segmentId, JSON.stringify(told), 'in-time').catch(onFault)
    },
    async stop() {
      clearInterval(timer)
      await reporting
      await journal.close()
    },
  }
}
