import { Gauge, type Registry } from 'prom-client'
import type { ScrapeResults } from './gather-metrics.ts'

/** Metrics of the desk and of the processes scraped through it. */
export function measureDesk(
  registry: Registry,
  { databaseAnswers, version }: { databaseAnswers: () => Promise<boolean>; version: string },
): ScrapeResults {
  const registers = [registry]
  new Gauge({ name: 'seloste_build_info', help: 'Always 1; the program’s version', labelNames: ['version'], registers })
    // Constant.
    .set({ version }, 1)
  new Gauge({
    name: 'seloste_database_up',
    help: 'Whether the database answered the desk when it was asked for this scrape: 1 or 0',
    registers,
    async collect() {
      this.set((await databaseAnswers()) ? 1 : 0)
    },
  })
  const up = new Gauge({
    name: 'seloste_process_up',
    help: 'Whether a process told its numbers for this scrape: 1 or 0; without them, what it measures is not known',
    labelNames: ['of'],
    registers,
  })
  up.set({ of: 'desk' }, 1)
  const nodeUp = new Gauge({
    name: 'seloste_capture_node_up',
    help: 'Whether a capture node that has not said that it ends told its numbers for this scrape: 1 or 0',
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
