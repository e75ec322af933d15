import { Gauge, type Registry } from 'prom-client'

/** What an operator watches of the desk, and of the processes that are scraped through it. */
export function measureDesk(
  registry: Registry,
  { databaseAnswers, version }: { databaseAnswers: () => Promise<boolean>; version: string },
): { answers: (process: string, does: boolean) => void } {
  const registers = [registry]
  new Gauge({ name: 'seloste_build_info', help: 'Always 1; the program’s version', labelNames: ['version'], registers })
    // Never anything else.
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
    help: 'Whether a process on this machine told its numbers for this scrape: 1 or 0; without them, what it measures is not known',
    labelNames: ['of'],
    registers,
  })
  up.set({ of: 'desk' }, 1)
  return {
    answers: (process, does) => up.set({ of: process }, does ? 1 : 0),
  }
}
