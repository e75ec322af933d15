import { Gauge, type Registry } from 'prom-client'
import { promises } from '#description/promises.ts'
import type { Proof } from '#use/evidence/read-proofs.ts'

/** Sets a metric per promise: 1 if it holds; 0 if it is broken, has no proof, or the database does not answer. */
export function measurePromises(registry: Registry, read: () => Promise<readonly Proof[]>): void {
  const proofs = () => read().catch(() => [])
  new Gauge({
    name: 'seloste_promise_holds',
    help: '1 if the promise of the register description holds, 0 if it is broken or its proof is missing or outdated',
    labelNames: ['promise'],
    registers: [registry],
    async collect() {
      const found = await proofs()
      for (const promise of promises) {
        this.set({ promise }, found.some((proof) => proof.promise === promise && proof.holds) ? 1 : 0)
      }
    },
  })
  new Gauge({
    name: 'seloste_promise_checked_timestamp_seconds',
    help: 'Time of the last check of a promise of the register description',
    labelNames: ['promise'],
    registers: [registry],
    async collect() {
      for (const { promise, checkedAt } of await proofs()) {
        this.set({ promise }, Temporal.Instant.from(checkedAt).epochMilliseconds / 1000)
      }
    },
  })
}
