import type { Kysely } from 'kysely'
import { admit, admitTogether, type Admission, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'

/** Submits facts to the register by its one door, and returns the outcome. */
export type AdmitFacts = (facts: SegmentFacts) => Promise<Admission>

interface Waiting {
  facts: SegmentFacts
  admission: PromiseWithResolvers<Admission>
}

const gatherMs = 20
const maxBatch = 50

/**
 * Returns the door, on a database in which this process signs in as capture. Facts that arrive within 20 ms are admitted in one
 * transaction: each commit is a sync of the disk, which calls that begin wait for as well.
 * @param node whose facts they are, if several nodes may submit
 */
export function admitTo(db: Kysely<RegisterTables>, node?: string): AdmitFacts {
  let waiting: Waiting[] = []
  let admitting: Promise<void> | undefined

  async function admitAll(): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve, gatherMs))
      const [some, rest] = [waiting.slice(0, maxBatch), waiting.slice(maxBatch)]
      waiting = rest
      await admitSome(some)
    } while (waiting.length > 0)
    admitting = undefined
  }

  async function admitSome(some: readonly Waiting[]): Promise<void> {
    const all = some.map(({ facts }) => facts)
    const together = await admitTogether(db, all, node).catch((error: unknown) => {
      if (some.length > 1 && isOfFacts(error)) return 'one-by-one'
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

/** Returns true for an error of the facts: each is then admitted alone, so that none waits. After others all are retried. */
function isOfFacts(error: unknown): boolean {
  // Classes of SQLSTATE: data, constraints, exceptions of functions, deadlocks (PostgreSQL, appendix A).
  return /^(?:22|23|40|P0|SE)...$/.test((error as { code?: string }).code ?? '')
}
