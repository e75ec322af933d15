import { sql } from 'kysely'
import { admissionRoot, hourOf, type AdmittedFact } from '#register/history/count-admissions.ts'
import { queryOne } from './evidence-queries.ts'
import { readLostTimes } from './lost-times.ts'
import type { Check, CheckContext } from './promise.ts'

type AdmittedFacts = {
  /** Contacts, segments and recordings counted at admission in the last 14 months. */
  admitted: number
  /** Of these, those that are held. */
  held: number
  /** Of these, those past their term. */
  ended: number
  /** Of these, those that should be held and are not. */
  missing: number
  /** Items that a capture node reported and that a restore lost, as they were entered after its backup. */
  lostByRestore: number
  /** Groups of counted admissions that differ from the audit log. */
  altered: number
  /** Hours of admission (UTC) with missing items, oldest first; at most ten. */
  hours: string | null
  /** Minutes that the oldest admission has waited to be counted. */
  waitingMinutes: number
  /** Last time that every count was compared with the held rows; null before the first. */
  wholeAt: string | null
  example: string | null
}

interface WrongCounts {
  hour: string
  missing: number
  lost: number
  altered: number
  example: string | null
}
interface Totals {
  admitted: number
  /** Not past their term: they should be held. */
  due: number
  missing: number
  ended: number
}

/** Progress of a pass over all logged counts, oldest first, and the counts found wrong, which are checked in every round. */
type Memo = {
  passFrom: string | null
  pass: Totals
  whole: Totals | null
  wholeAt: string | null
  bad: Record<string, WrongCounts>
}

/** A count of admissions in the audit log. */
interface LoggedCount {
  at: Temporal.Instant
  part: string
  detail: {
    hour: string
    source: string
    root: string
    contacts: number
    segments: number
    recordings: number
    changes?: number
  }
  /** True if `admission_part` has its row. */
  has_row: boolean
  facts: number
}

/** Time per round for the pass; the counts of the last `recentHours` are checked in every round too. */
const roundMs = 1_000
const recentHours = 26
const batchSize = 500
/** Admissions are counted every minute; after an upgrade everything held is counted again. */
const maxWaitingMinutes = 30
const wholeHours = 26
const maxHours = 10

/** R9, R22: everything admitted is held or past its term. */
export const historyAdmitted: Check<AdmittedFacts> = {
  rule: `Every contact, segment and recording that the audit log counts as admitted, and every one that a capture node reports, is held unless 14 months have passed since its call: a segment under its contact and with the official, unit and number that the log counted last, a recording under its segment. The counts are those in the log. All of them were checked within ${wholeHours} hours, and those of the last ${recentHours} hours in this round.`,
  test: {
    file: 'test/attacks/planted-breaches.test.ts',
    title: 'three contacts deleted with their segments are found missing, and their hour is reported',
  },
  remedy:
    'The example is the id of what is missing, `hours` says when it was admitted. Somebody deleted rows without the program, moved a recording to another call, or wrote another official, unit or number into a part of a call: restore them from an older backup, and find out who has the database owner’s password. Compare the counts of that hour in the audit log (admissions.counted).',
  async check(context, memo) {
    const { now } = context
    const before = memo as Memo | undefined
    const pass = await continuePass(context, before)
    const isComplete = pass.from === null
    const recent = isComplete ? [] : await logged(context, now.subtract({ hours: recentHours }).toString(), 100_000)
    const toRecheck = Object.keys(before?.bad ?? {}).filter((part) => !pass.judged.has(part))
    const judged = new Map([
      ...pass.judged,
      ...(await judge(context, recent)),
      ...(await judgeAgain(context, toRecheck)),
    ])
    const bad = Object.fromEntries([...judged].filter(([, one]) => one.missing > 0 || one.lost > 0 || one.altered > 0))
    const whole = isComplete ? pass.totals : (before?.whole ?? null)
    const wholeAt = isComplete ? now.toString() : (before?.wholeAt ?? null)
    const waiting = await waitingMinutes(context)
    const sum = (count: (one: WrongCounts) => number) =>
      Object.values(bad).reduce((total, one) => total + count(one), 0)
    const wrong = Object.values(bad).filter((one) => one.missing > 0 || one.altered > 0)
    const hours = [...new Set(wrong.map(({ hour }) => hour))].sort().slice(0, maxHours)
    const totals = whole ?? pass.totals
    const missing = sum((one) => one.missing)
    const altered = sum((one) => one.altered)
    const isOld = wholeAt === null || now.since(wholeAt).total('hours') > wholeHours
    return {
      holds: missing === 0 && altered === 0 && waiting < maxWaitingMinutes && !isOld,
      facts: {
        admitted: totals.admitted,
        held: totals.due - totals.missing,
        ended: totals.ended,
        missing,
        lostByRestore: sum((one) => one.lost),
        altered,
        hours: hours.length === 0 ? null : hours.join(', '),
        waitingMinutes: waiting,
        wholeAt,
        example: wrong.find(({ example }) => example !== null)?.example ?? null,
      },
      memo: { passFrom: pass.from, pass: isComplete ? zeroTotals : pass.totals, whole, wholeAt, bad } satisfies Memo,
    }
  },
  more: ({ hours }, { part }) => ({ hours: hours ? part('promise.history.admitted.hours', { hours }) : '' }),
}

const zeroTotals: Totals = { admitted: 0, due: 0, missing: 0, ended: 0 }

/**
 * Continues the pass for `roundMs`. Restarts the pass when the process has started, and runs it to the end if no pass was
 * ever completed.
 * @returns in `from` where the next round continues; null at the end
 */
async function continuePass(context: CheckContext, before: Memo | undefined) {
  const begunMs = performance.now()
  const begun = context.afresh || !before?.passFrom ? undefined : { from: before.passFrom, totals: before.pass }
  let from: string | null = begun?.from ?? '-infinity'
  let totals = begun?.totals ?? zeroTotals
  const judged = new Map<string, WrongCounts & Totals>()
  do {
    context.signal?.throwIfAborted()
    const entries: LoggedCount[] = await logged(context, from, batchSize)
    for (const [part, one] of await judge(
      context,
      entries.filter(({ part }) => !judged.has(part)),
    )) {
      judged.set(part, one)
      totals = {
        admitted: totals.admitted + one.admitted,
        due: totals.due + one.due,
        missing: totals.missing + one.missing,
        ended: totals.ended + one.ended,
      }
    }
    const last = entries.at(-1)
    from = entries.length < batchSize || !last ? null : last.at.toString()
  } while (from !== null && (!before?.wholeAt || performance.now() - begunMs < roundMs))
  return { from, totals, judged }
}

/** Returns logged counts from an instant on, each joined with its row of `admission_part`. */
async function logged({ db }: CheckContext, from: string, max: number): Promise<LoggedCount[]> {
  const { rows } = await sql<LoggedCount>`
    select e.at, e.object_id as part, e.detail, p.id is not null as has_row, coalesce(cardinality(p.ids), 0)::bigint as facts
    from (
      select * from audit_entry
      where action = 'admissions.counted' and at >= greatest(${from}::timestamptz, now() - interval '14 months')
      order by at, seq limit ${max}::bigint
    ) e left join admission_part p on p.id = e.object_id
    order by e.at, e.seq`.execute(db)
  return rows
}

/** Checks again the parts that were wrong before. */
async function judgeAgain(context: CheckContext, parts: readonly string[]) {
  if (parts.length === 0) return new Map<string, WrongCounts & Totals>()
  const { rows } = await sql<LoggedCount>`
    select e.at, e.object_id as part, e.detail, p.id is not null as has_row, coalesce(cardinality(p.ids), 0) as facts
    from audit_entry e left join admission_part p on p.id = e.object_id
    where e.object_id = any(${parts}::uuid[]) and e.action = 'admissions.counted' and e.at > now() - interval '14 months'`.execute(
    context.db,
  )
  return judge(context, rows)
}

async function judge(
  { db, keys }: CheckContext,
  entries: readonly LoggedCount[],
): Promise<Map<string, WrongCounts & Totals>> {
  const judged = new Map<string, WrongCounts & Totals>()
  const stored = entries.filter(({ has_row }) => has_row).map(({ part }) => part)
  const [roots, restores] = [await rootsOf(db, stored), await readLostTimes({ db, keys })]
  const { rows: held } = await sql<{
    part: string
    facts: number
    due: number
    missing: number
    example: string | null
  }>`select part, facts, due, missing, example from admissions_held(${stored}::uuid[])`.execute(db)
  const byPart = Map.groupBy(held, ({ part }) => part)
  for (const { part, detail, has_row } of entries) {
    const admitted = detail.contacts + detail.segments + detail.recordings
    const counts = (byPart.get(part) ?? []).reduce(
      (sum, one) => ({
        facts: sum.facts + one.facts,
        due: sum.due + one.due,
        missing: sum.missing + one.missing,
        example: sum.example ?? one.example,
      }),
      { facts: 0, due: 0, missing: 0, example: null as string | null },
    )
    // A capture node reports items that the restored database lacks: lost with the database, not deleted.
    const isLost =
      detail.source !== 'register' &&
      restores.some(({ from, to }) => detail.hour >= hourOf(from) && detail.hour <= to.toString())
    const isAltered = !has_row || roots.get(part) !== detail.root || counts.facts !== admitted + (detail.changes ?? 0)
    judged.set(part, {
      hour: detail.hour,
      admitted,
      due: counts.due,
      ended: admitted - counts.due,
      missing: isLost ? 0 : counts.missing,
      lost: isLost ? counts.missing : 0,
      altered: isAltered ? 1 : 0,
      example: counts.example ?? (isAltered ? part : null),
    })
  }
  return judged
}

async function rootsOf(db: CheckContext['db'], parts: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{
    id: string
    kinds: AdmittedFact['kind'][]
    ids: string[]
    starts: string[]
    belongs: (string | null)[] | null
    contents: (string | null)[] | null
  }>`
    select id, kinds, ids::text[], array(select to_json(s) #>> '{}' from unnest(starts) s) as starts, belongs_to::text[] as belongs,
      contents::text[]
    from admission_part where id = any(${parts}::uuid[])`.execute(db)
  return new Map(
    rows.map(({ id, kinds, ids, starts, belongs, contents }) => [
      id,
      admissionRoot(
        ids.map((one, n) => ({
          kind: kinds[n]!,
          id: one,
          startedAt: Temporal.Instant.from(starts[n]!),
          belongsTo: belongs?.[n] ?? null,
          content: contents?.[n] ?? null,
        })),
      ).toString('hex'),
    ]),
  )
}

async function waitingMinutes({ db }: CheckContext): Promise<number> {
  const { minutes } = await queryOne(
    db,
    sql<{ minutes: number }>`
      select coalesce((select (extract(epoch from now() - at) / 60)::integer from admission_told order by seq limit 1), 0) as minutes`,
  )
  return minutes
}
