import { sql } from 'kysely'
import type { LogFacts } from './check-entries.ts'
import type { Findings, Problem, ProblemCode, Report, AnyDatabase } from './report.ts'

/** Problems that an operator can accept: lost or altered entries. A tree that does not match can be accepted by nobody. */
export const acceptable: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'entry-lost',
  'entry-altered',
  'entry-missing',
  'pending-missing',
])

type SeparatedProblems = Pick<Report, 'accepted' | 'found' | 'problems'>

/** Separates problems that an entry `log.break-accepted` names, by index or number, from all others. */
export function separateAccepted(facts: LogFacts, findings: Findings, max?: number): SeparatedProblems {
  const ranges = facts.accepted.flatMap(({ detail }) => rangesIn(detail))
  const seqs = new Set(facts.accepted.flatMap(({ detail }) => listIn(detail, 'seqs')))
  const isAccepted = ({ code, leaf, seq }: Problem) =>
    acceptable.has(code) &&
    (leaf === undefined ? seqs.has(String(seq)) : ranges.some(([from, to]) => leaf >= from && leaf <= to))
  return { accepted: findings.remove(isAccepted), found: findings.found, problems: findings.inOrder(max) }
}

/** Like {@link separateAccepted}; an open break found by the custodian is a problem of its own. */
export async function separateAcceptedInDatabase(
  tx: AnyDatabase,
  facts: LogFacts,
  findings: Findings,
  max?: number,
): Promise<SeparatedProblems> {
  const { rows } = await sql<{ id: number; found_at: string; count: number }>`
    select id::float8 as id, to_char(found_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as found_at,
      jsonb_array_length(findings) as count
    from audit_break where accepted_at is null order by id`.execute(tx)
  for (const { id, found_at, count } of rows) {
    findings.add('break-open', `Break ${id} of ${found_at}, with ${count} findings; see "seloste audit resume".`)
  }
  return separateAccepted(facts, findings, max)
}

function listIn(detail: Record<string, unknown>, name: string): string[] {
  const list = detail[name]
  return Array.isArray(list) ? list.map(String) : []
}

/** Parses indexes written as "7" or "7-9". */
function rangesIn(detail: Record<string, unknown>): [from: number, to: number][] {
  return listIn(detail, 'indexes').map((range) => {
    const [from = NaN, to = from] = range.split('-').map(Number)
    return [from, to]
  })
}
