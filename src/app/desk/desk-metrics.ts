import { Gauge, type Registry } from 'prom-client'
import type { ScrapeResults } from './gather-metrics.ts'

/** Registers metrics of the desk and of the processes scraped through it. */
export function measureDesk(
  registry: Registry,
  { databaseAnswers, version }: { databaseAnswers: () => Promise<boolean>; version: string },
): ScrapeResults {
  const registers = [registry]
  new Gauge({
    name: 'seloste_build_info',
    help: 'Always 1; the label has the version of Seloste',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1)
  new Gauge({
    name: 'seloste_database_up',
    help: '1 if the database answered the desk for this scrape, otherwise 0',
    registers,
    async collect() {
      this.set((await databaseAnswers()) ? 1 : 0)
    },
  })
  const up = new Gauge({
    name: 'seloste_process_up',
    help: '1 if the process returned its metrics for this scrape; 0 if not, and its metrics are then missing',
    labelNames: ['of'],
    registers,
  })
  up.set({ of: 'desk' }, 1)
  const nodeUp = new Gauge({
    name: 'seloste_capture_node_up',
    help: '1 if the capture node returned its metrics for this scrape, 0 if not; nodes that shut down normally are left out',
    labelNames: ['of'],
    registers,
  })
  return {
    process: (name, answers) => up.set({ of: name }, answers ? 1 : 0),
    nodes(nodes) {
      nodeUp.reset()
      // If two nodes share a name, the silent one is reported.
      const silent = new Set(nodes.flatMap(({ name, answers }) => (answers ? [] : [name])))
      for (const { name } of nodes) nodeUp.set({ of: name }, silent.has(name) ? 0 : 1)
    },
  }
}
