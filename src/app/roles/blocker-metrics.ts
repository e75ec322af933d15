import { Gauge, type Registry } from 'prom-client'
import { blockerKinds, type BlockerKind, type Blockers } from '#platform/blockers/blockers.ts'

/** Registers metrics of this process's blockers. */
export function measureBlockers(registry: Registry, blockers: Blockers): void {
  new Gauge({
    name: 'seloste_blockers',
    help: 'Active blockers that stop this process from working, by kind; 0 if none',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      const state = blockers.list()
      for (const kind of Object.keys(blockerKinds) as BlockerKind[]) {
        this.set({ kind }, state.filter((one) => one.kind === kind).length)
      }
    },
  })
}
