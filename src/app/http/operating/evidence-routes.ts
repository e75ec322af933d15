import { promises } from '#description/promises.ts'
import { readShownProofs } from '#use/evidence/read-proofs.ts'
import { registerOperations } from '../answer.ts'
import type { Desk } from '../desk.ts'
import type { Routes } from '../routes.ts'

/** State of the description's promises, for everybody signed in (R1). */
export function evidenceRoutes(app: Routes, desk: Desk): void {
  registerOperations(app, {
    readEvidence: async () => {
      const items = await readShownProofs(desk.db, desk.clock.now(), await desk.custodian.logKey())
      const checked = new Set(items.map(({ promise }) => promise))
      return { items, unchecked: promises.filter((promise) => !checked.has(promise)) }
    },
  })
}
