import type { Kysely } from 'kysely'
import { admit, admitBatch, type Admission, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'

/** Submits facts to the register (src/register/admit.ts), and returns the outcome. */
export type AdmitFacts = (facts: SegmentFacts) => Promise<Admission>

interface Waiting {
  facts: SegmentFacts
  admission: PromiseWithResolvers<Admission>
}

const batchWindowMs = 20
const maxBatch = 50

/**
 * Returns a function that admits facts, on a database connection as role capture. Facts that arrive within 20 ms are admitted
 * in one transaction, because each commit syncs the disk and delays starting calls.
 * @param node id of the node that reports the facts, if several nodes may report
 */
export function admitTo(db: Kysely<RegisterTables>, node?: string): AdmitFacts {
  let waiting: Waiting[] = []
  let admitting: Promise<void> | undefined

  async function admitAll(): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve, batchWindowMs))
      const [some, rest] = [waiting.slice(0, maxBatch), waiting.slice(maxBatch)]
      waiting = rest
      await admitSome(some)
    } while (waiting.length > 0)
    admitting = undefined
  }

  async function admitSome(some: readonly Waiting[]): Promise<void> {
    const all = some.map(({ facts }) => facts)
    const together = await admitBatch(db, all, node).catch((error: unknown) => {
      if (some.length > 1 && isCausedByFacts(error)) return 'one-by-one'
      for (const { admission } of some) admission.reject(error)
      return undefined
    })
    if (together === 'one-by-one')
      for (const { facts, admission } of some) await admit(db, facts, node).then(admission.resolve, admission.reject)
    else for (const [n, admission] of together?.entries() ?? []) some[n]!.admission.resolve(admission)
  }

  return (facts) => {
    const admission = Promise.withResolvers<Admission>()
    waiting.push({ facts, admission })
    admitting ??= admitAll()
    return admission.promise
  }
}

/** Returns true if some facts are refused. They are then admitted one by one, so that the others succeed. Other errors are retried. */
function isCausedByFacts(error: unknown): boolean {
  // SQLSTATE classes: data exception, constraint violation, transaction rollback (deadlock), PL/pgSQL error, our own.
  return /^(?:22|23|40|P0|SE)...$/.test((error as { code?: string }).code ?? '')
}
