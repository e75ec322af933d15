import { sql } from 'kysely'
import type { AnyDatabase } from './any-database.ts'
import type { LogFacts } from './check-entries.ts'
import type { Findings, Problem, ProblemCode, Report } from './report.ts'

/** What an operator can answer for: the log as it was found, never what was done to it afterwards. */
const acceptable = new Set<ProblemCode>([
  'entry-lost',
  'entry-altered',
  'entry-missing',
  'entry-outside',
  'leaf-altered',
  'rewritten',
  'rolled-back',
])

type Settled = Pick<Report, 'accepted' | 'found' | 'problems'>

/** Tells problems that an entry `log.break-accepted` names, by index or number, from all others. */
export function acceptedIn(facts: LogFacts, findings: Findings): Settled {
  const named = new Set(facts.accepted.flatMap(({ detail }) => namedIn(detail)))
  const all = findings.inOrder()
  const isAccepted = ({ code, leaf, seq }: Problem) =>
    acceptable.has(code) &&
    ((leaf !== undefined && named.has(`index ${leaf}`)) || (seq !== undefined && named.has(`seq ${seq}`)))
  const accepted = all.filter(isAccepted)
  return { accepted, found: findings.found - accepted.length, problems: all.filter((problem) => !isAccepted(problem)) }
}

/** As {@link acceptedIn}; a break that the custodian found and nobody has answered for is a problem of its own. */
export async function settleAccepted(tx: AnyDatabase, facts: LogFacts, findings: Findings): Promise<Settled> {
  const { rows } = await sql<{ id: number; found_at: string; count: number }>`
    select id::float8 as id, to_char(found_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as found_at,
      jsonb_array_length(findings) as count
    from audit_break where accepted_at is null order by id`.execute(tx)
  for (const { id, found_at, count } of rows) {
    findings.add('break-open', `Break ${id} of ${found_at}, with ${count} findings; see "seloste audit resume".`)
  }
  return acceptedIn(facts, findings)
}

function namedIn(detail: Record<string, unknown>): string[] {
  const list = (name: string) => (Array.isArray(detail[name]) ? (detail[name] as unknown[]).map(String) : [])
  return [...list('indexes').map((index) => `index ${index}`), ...list('seqs').map((seq) => `seq ${seq}`)]
}
