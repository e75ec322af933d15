import { Counter, type Registry } from 'prom-client'
import type { IngestContext } from '#register/recordings/ingest-recording.ts'
import type { Log } from '#platform/log/log.ts'

/** Counts and logs recordings that were longer than their call (AC8). */
export function reportTrims(registry: Registry, log: Log): NonNullable<IngestContext['onCut']> {
  const cuts = new Counter({
    name: 'seloste_recordings_cut_total',
    help: 'Recordings that were longer than their call and were trimmed to it',
    registers: [registry],
  })
  return (recording, cutMs) => {
    cuts.inc()
    log.error({ recording, cutMs }, 'a recording was longer than its call; the part outside the call was destroyed')
  }
}
