import { sql } from 'kysely'
import { queryOne } from './evidence-queries.ts'
import { unloggedTimes } from './lost-times.ts'
import type { Check, CheckContext } from './promise.ts'

type ScopeFacts = {
  /** Views in the audit log that have been judged. */
  looks: number
  /** Acts of people that require a role, such as picking a recording for research or deciding on a draft. */
  acts: number
  listenings: number
  /** Items of disclosures whose recording or call is still held. */
  items: number
  outside: number
  /** Listenings that are missing from the audit log. */
  untold: number
  /** Instant before which all log entries have been judged. */
  judgedTo: string
  example: string | null
}

/** Position up to which the log has been judged, and entries found wrong. */
type ScopeMemo = {
  upto: number
  looks: number
  acts?: number
  outside: number[]
  /** Latest entries, judged ahead of the backlog. */
  ahead?: { upto: number; outside: number[] } | undefined
}

/** Time per round. A backlog of years takes several rounds, which are longer (`behindRoundMs`). */
const roundMs = 2_000
const behindRoundMs = 60_000
const recentHours = 26
const batchSize = 5_000

/** R36-R41: everything viewed was within a right at that instant, and everyone who acted had a role that permits it. */
export const rightsScope: Check<ScopeFacts> = {
  rule: 'Every call that a search, a view or a listening showed, and every item of a disclosure, was within the scope (own, unit, numbers, request, all) of a right of its person that was in force at that instant and covered the purpose, by the directory of that time; a request and its calls count as the log has them. Whoever acted in a role (directory, rights, requests, disclosures, evaluation, training) or added an item had a role that permits it. Every listening has its entry in the audit log, all of which has been judged, except at most the last 26 hours.',
  test: {
    file: 'test/attacks/planted-breaches.test.ts',
    title: 'finds a listening planted for a supervisor on another unit’s recording',
  },
  remedy:
    'The example is the number of an entry in the audit log, the id of a listening or an item of a disclosure. Revoke the right that it names, and find out what happened: the database refuses such an act, so somebody bypassed it.',
  async check(context, memo) {
    // Judged entries are not judged again: data of a closed request, on which the judgement depends, are erased.
    const before = (memo as ScopeMemo | undefined) ?? { upto: 0, looks: 0, outside: [] }
    const log = await judgeLog(context, before)
    const row = await queryOne(
      context.db,
      sql<{
        listenings: number
        outside: string[]
        unlogged: string[]
        items: number
        items_outside: string[]
      }>`select * from listenings_out_of_scope(${await unloggedTimes(context)}::tstzmultirange)`,
    )
    const suspects = [...new Set([...log.memo.outside, ...(log.memo.ahead?.outside ?? [])])]
    const outside = suspects.length + row.outside.length + row.items_outside.length
    const isBehind = context.now.since(log.judgedTo).total('hours') > recentHours
    return {
      holds: outside === 0 && row.unlogged.length === 0 && !isBehind,
      facts: {
        looks: log.looks,
        acts: log.memo.acts ?? 0,
        listenings: row.listenings,
        items: row.items,
        outside,
        untold: row.unlogged.length,
        judgedTo: log.judgedTo.toString(),
        example: row.outside[0] ?? suspects[0]?.toString() ?? row.items_outside[0] ?? row.unlogged[0] ?? null,
      },
      memo: log.memo satisfies ScopeMemo,
    }
  },
}

async function judgeLog(
  context: CheckContext,
  before: ScopeMemo,
): Promise<{ memo: ScopeMemo; looks: number; judgedTo: Temporal.Instant }> {
  const { db, now, signal } = context
  const begunMs = performance.now()
  const memo = { ...before }
  const { recent } = await queryOne(
    db,
    sql<{ recent: number | null }>`select (
      select seq from audit_entry where at >= ${now.subtract({ hours: recentHours })} order by at, seq limit 1) as recent`,
  )
  const isBehind = recent !== null && memo.upto < recent - 1
  if (isBehind) memo.ahead = await judgeAhead(context, memo.ahead ?? { upto: recent - 1, outside: [] })
  for (;;) {
    const row = await judgeSome(context, memo)
    const isDone = row.upto === memo.upto
    memo.outside = row.outside
    memo.looks += row.accesses
    memo.acts = (memo.acts ?? 0) + row.acts
    memo.upto = row.upto
    if (isDone || signal?.aborted || performance.now() - begunMs > (isBehind ? behindRoundMs : roundMs)) {
      if (memo.ahead && memo.upto >= memo.ahead.upto) {
        memo.outside = [...new Set([...memo.outside, ...memo.ahead.outside])]
        memo.ahead = undefined
      }
      return { memo, looks: memo.looks + row.recent, judgedTo: await nextOf(context, memo.upto) }
    }
  }
}

/** Judges all entries after `upto`. */
async function judgeAhead(
  context: CheckContext,
  { upto, outside }: NonNullable<ScopeMemo['ahead']>,
): Promise<ScopeMemo['ahead']> {
  for (;;) {
    const row = await judgeSome(context, { upto, outside })
    if (row.upto === upto || context.signal?.aborted) return row
    ;({ upto, outside } = row)
  }
}

async function judgeSome(context: CheckContext, { upto, outside }: { upto: number; outside: number[] }) {
  return queryOne(
    context.db,
    sql<{ accesses: number; acts: number; recent: number; outside: number[]; upto: number }>`
      select accesses, acts, recent, outside, upto
      from accesses_out_of_scope(${upto}::bigint, ${outside}::bigint[], ${batchSize}::bigint, ${await unloggedTimes(context)}::tstzmultirange)`,
  )
}

/** Returns the time of the first entry not judged yet; now if there is none. */
async function nextOf({ db, now }: CheckContext, upto: number): Promise<Temporal.Instant> {
  const { at } = await queryOne(
    db,
    sql<{ at: Temporal.Instant | null }>`
      select (select at from audit_entry where seq > ${upto}::bigint order by seq limit 1) as at`,
  )
  return at ?? now
}
