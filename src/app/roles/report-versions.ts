import { randomUUID } from 'node:crypto'
import type { Clock } from '#platform/clock/clock.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { reportEnded, reportVersionInUse } from '#use/evidence/report-version-in-use.ts'
import type { Versions } from './follow-versions.ts'

export interface ReportOptions {
  db: SafeguardsDatabase
  versions: Pick<Versions, 'at'>
  clock: Clock
  onFault: (error: unknown) => void
}

const reportMs = 60_000

/** Reports every minute which version of the description this process uses (R1). A failed report has no other effect. */
export function reportVersions({ db, versions, clock, onFault }: ReportOptions): { stop: () => Promise<void> } {
  const instance = randomUUID()
  let reporting = Promise.resolve()
  function report(): void {
    reporting = reporting.then(() => reportVersionInUse(db, instance, versions.at(clock.now()))).catch(onFault)
  }
  report()
  const timer = setInterval(report, reportMs)
  return {
    async stop() {
      clearInterval(timer)
      await reporting
      await reportEnded(db, instance).catch(() => undefined)
    },
  }
}
