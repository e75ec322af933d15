import { sql } from 'kysely'
import { askOne } from './ask-one.ts'
import type { Check, Looking } from './promise.ts'

type ScopeFacts = {
  /** Looks that the audit log tells of, as far as they have been judged. */
  looks: number
  /** Acts of people that belong to a role, such as picking a recording for research or deciding on a draft. */
  acts: number
  listenings: number
  /** Items of disclosures whose recording or call is still held. */
  items: number
  outside: number
  /** Listenings that the audit log does not tell of. */
  untold: number
  example: string | null
}

/** Which entries of the log have been judged, and those that were found wrong. */
type ScopeMemo = { upto: number; looks: number; acts?: number; outside: number[] }

/** A round goes on with the log so long; a log of years is judged in several. */
const roundMs = 2_000
const entriesTogether = 5_000

/** R36-R41: what was seen lay within a right of that instant, and whoever acted had a role that may. */
export const rightsScope: Check<ScopeFacts> = {
  rule: 'Every call that a search, a look or a listening showed, and every item of a disclosure, was within the scope (own, unit, numbers, request, all) of a right of its person that held and covered the purpose at that instant, as the directory was then; whoever acted in a role (directory, rights, requests, disclosures, evaluation, training) or added an item held a role that may do it; every listening has its entry in the audit log.',
  test: {
    file: 'test/attacks/planted-breaches.test.ts',
    title: 'a listening planted for a supervisor on another unit’s recording is found',
  },
  remedy:
    'The example is the number of an entry in the audit log, the id of a listening or an item of a disclosure. Revoke the right it names, and find out how it came about: the database refuses it, so somebody went past it.',
  async check(looking, memo) {
    // What was judged is not judged again: what a request was about is erased after it.
    const before = (memo as ScopeMemo | undefined) ?? { upto: 0, looks: 0, outside: [] }
    const log = await judgeLog(looking, before)
    const row = await askOne(
      looking.db,
      sql<{
        listenings: number
        outside: string[]
        untold: string[]
        items: number
        items_outside: string[]
      }>`select * from listenings_out_of_scope()`,
    )
    const outside = log.memo.outside.length + row.outside.length + row.items_outside.length
    return {
      holds: outside === 0 && row.untold.length === 0,
      facts: {
        looks: log.looks,
        acts: log.memo.acts ?? 0,
        listenings: row.listenings,
        items: row.items,
        outside,
        untold: row.untold.length,
        example: row.outside[0] ?? log.memo.outside[0]?.toString() ?? row.items_outside[0] ?? row.untold[0] ?? null,
      },
      memo: log.memo satisfies ScopeMemo,
    }
  },
}

async function judgeLog({ db, signal }: Looking, before: ScopeMemo): Promise<{ memo: ScopeMemo; looks: number }> {
  const begunMs = performance.now()
  const memo = { ...before }
  for (;;) {
    const row = await askOne(
      db,
      sql<{ looks: number; acts: number; young: number; outside: number[]; upto: number }>`
        select looks, acts, young, outside, upto
        from looks_out_of_scope(${memo.upto}::bigint, ${memo.outside}::bigint[], ${entriesTogether}::bigint)`,
    )
    const isDone = row.upto === memo.upto
    memo.outside = row.outside
    memo.looks += row.looks
    memo.acts = (memo.acts ?? 0) + row.acts
    memo.upto = row.upto
    if (isDone || signal?.aborted || performance.now() - begunMs > roundMs)
      return { memo, looks: memo.looks + row.young }
  }
}
