import type { Kysely } from 'kysely'
import { admit, admitTogether, type Admission, type SegmentFacts } from '#register/admit.ts'
import type { RegisterTables } from '#register/tables.ts'

/** How capture gives facts to the register, by the one door there is, and what became of them. */
export type AdmitFacts = (facts: SegmentFacts) => Promise<Admission>

interface Waiting {
  facts: SegmentFacts
  told: PromiseWithResolvers<Admission>
}

const gatherMs = 20
const mostTogether = 50

/**
 * The door, on a database in which this process signs in as capture. What comes within the same hundredths of a second goes through it
 * together: each commit is a sync of the disk, which the calls that begin wait for as well.
 * @param node whose facts they are, where several may tell
 */
export function admitTo(db: Kysely<RegisterTables>, node?: string): AdmitFacts {
  let waiting: Waiting[] = []
  let admitting: Promise<void> | undefined

  async function admitAll(): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve, gatherMs))
      const [some, rest] = [waiting.slice(0, mostTogether), waiting.slice(mostTogether)]
      waiting = rest
      await admitSome(some)
    } while (waiting.length > 0)
    admitting = undefined
  }

  async function admitSome(some: readonly Waiting[]): Promise<void> {
    const all = some.map(({ facts }) => facts)
    const together = await admitTogether(db, all, node).catch((error: unknown) => {
      if (some.length > 1 && isOfFacts(error)) return 'one-by-one'
      for (const { told } of some) told.reject(error)
      return undefined
    })
    if (together === 'one-by-one')
      for (const { facts, told } of some) await admit(db, facts, node).then(told.resolve, told.reject)
    else for (const [n, admission] of together?.entries() ?? []) some[n]!.told.resolve(admission)
  }

  return (facts) => {
    const told = Promise.withResolvers<Admission>()
    waiting.push({ facts, told })
    admitting ??= admitAll()
    return told.promise
  }
}

/** The register does not take these together, and none is to wait for another; otherwise all are tried again. */
function isOfFacts(error: unknown): boolean {
  // Classes of SQLSTATE: data, constraints, what a function raises, two that wait for each other (PostgreSQL, appendix A).
  return /^(?:22|23|40|P0|SE)...$/.test((error as { code?: string }).code ?? '')
}
