import { Gauge, type Registry } from 'prom-client'
import { promises } from '#description/promises.ts'
import type { Proof } from '#use/evidence/read-proofs.ts'

/** Metric of each promise: whether it holds. Without a proof, or without the database, it does not. */
export function measurePromises(registry: Registry, read: () => Promise<readonly Proof[]>): void {
  const proofs = () => read().catch(() => [])
  new Gauge({
    name: 'seloste_promise_holds',
    help: 'Whether a promise of the register description holds: 1, or 0 where it is broken or its proof is missing or old',
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
    help: 'When a promise of the register description was checked last',
    labelNames: ['promise'],
    registers: [registry],
    async collect() {
      for (const { promise, checkedAt } of await proofs()) {
        this.set({ promise }, Temporal.Instant.from(checkedAt).epochMilliseconds / 1000)
      }
    },
  })
}
