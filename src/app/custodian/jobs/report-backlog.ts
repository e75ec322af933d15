/**
 * Reports pending work: metrics of blocked destructions, inspections whose recordings end within three days, overdue recalls
 * and overdue disclosures; a log line when each begins, and daily for a disclosure. Does not report preservation orders.
 */
import { Gauge, type Registry } from 'prom-client'
import type { Blockers } from '#platform/blockers/blockers.ts'
import { every, type EveryOptions } from '#platform/jobs/every.ts'
import type { Log } from '#platform/log/log.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { reportOverdue } from '#use/disclosure/log/report-overdue.ts'
import { listBlockedDestructions, remedies, listBlockers, type BlockedDestruction } from '#use/retention/blockers.ts'

const checkMs = 60_000

export function reportBacklog({
  db,
  pool,
  log,
  blockers,
  registry,
  intervalMs = checkMs,
}: {
  db: SafeguardsDatabase
  pool: EveryOptions['pool']
  log: Log
  blockers: Blockers
  registry: Registry
  intervalMs?: number
}): { stop: () => Promise<void> } {
  /** Items already logged. */
  const logged = new Set<string>()

  new Gauge({
    name: 'seloste_retention_obstacles',
    help: 'Obstacles to destruction, deletion or their proof, by kind: number of records or places affected, at least 1',
    labelNames: ['kind'],
    registers: [registry],
    async collect() {
      const found = await listBlockers(db)
      for (const kind of Object.keys(remedies)) {
        const those = found.filter((one) => one.kind === kind)
        this.set(
          { kind },
          those.reduce((sum, { count }) => sum + Math.max(1, count), 0),
        )
      }
    },
  })
  new Gauge({
    name: 'seloste_inspections_urgent',
    help: 'Open inspections with a recording that is due for destruction within three days or before the booked appointment',
    registers: [registry],
    async collect() {
      this.set(await countOf('inspection-urgent'))
    },
  })
  new Gauge({
    name: 'seloste_recalls_overdue',
    help: 'Recalled copies not confirmed as returned or destroyed by the deadline',
    registers: [registry],
    async collect() {
      this.set(await countOf('recall-overdue'))
    },
  })

  new Gauge({
    name: 'seloste_disclosures_overdue',
    help: 'Open disclosures to research institutes whose return date has passed',
    registers: [registry],
    async collect() {
      this.set(await countOf('disclosure-overdue'))
    },
  })

  async function countOf(kind: BlockedDestruction['kind']): Promise<number> {
    return (await listBlockedDestructions(db)).filter((one) => one.kind === kind).length
  }

  return every({
    pool,
    intervalMs,
    lockName: 'seloste.waiting',
    work: async () => {
      const state = await listBlockers(db)
      for (const kind of ['clock-ahead', 'clock-behind'] as const) {
        if (state.some((one) => one.kind === kind)) blockers.raise('clock', { code: kind, about: kind })
        else blockers.clear('clock', kind)
      }
      const waiting = await listBlockedDestructions(db)
      for (const { kind, id, until } of waiting) {
        if (logged.has(id)) continue
        if (kind === 'inspection-urgent') {
          log.warn(
            { inspection: id, destroyedAt: until.toString() },
            'a recording of an open inspection is due for destruction within three days or before the booked appointment: the Service Unit must book an earlier appointment',
          )
        } else if (kind === 'recall-overdue') {
          log.warn(
            { recall: id, dueAt: until.toString() },
            'a recalled copy was not confirmed in time: the decision maker must contact its recipient',
          )
        }
      }
      logged.clear()
      for (const { id } of waiting) logged.add(id)
      for (const { id, number, deadline, unconfirmed } of await reportOverdue(db)) {
        log.warn(
          { disclosure: id, number, dueAt: deadline.toString(), unconfirmed },
          'a disclosure is overdue: its preparer or decision maker must ask the institute to return or destroy the copies; it gets no others until then',
        )
      }
    },
    onError: (error) => {
      log.error({ err: error }, 'cannot check the work waiting for the Service Unit; retrying in a minute')
    },
  })
}
