/**
 * Decisions of every procedure as a diary (asiarekisteri): rights, versions of the description, disclosures, requests and
 * preservation orders, each to those whose screens show it. No call, caller or requester is named.
 */
import { sql, type Kysely } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { returnRefusal, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'

export const recordKinds = ['RIGHT', 'VERSION', 'AUTHORITY', 'RESEARCH', 'REQUEST', 'ORDER'] as const
export type RecordKind = (typeof recordKinds)[number]

export const agentRoles = [
  'SUBJECT',
  'APPLICANT',
  'PREPARER',
  'DECISION_MAKER',
  'RECIPIENT',
  'CLERK',
  'CLOSER',
] as const
export type AgentRole = (typeof agentRoles)[number]

/** A fact of a decision. Instants are texts in UTC. */
export type RecordFact = string | number | string[]

export interface RecordRow {
  key: string
  kind: RecordKind
  /** What was decided or requested, within the kind. */
  act: string
  number: string | null
  entered_at: Temporal.Instant
  decided_at: Temporal.Instant | null
  closed_at: Temporal.Instant | null
  outcome: string | null
  /** A person by id, or an organisation by name. */
  agents: { role: AgentRole; person: string | null; name: string | null }[]
  languages: string[]
  facts: Record<string, RecordFact>
}

export interface RecordQuery {
  /** First and last day in Europe/Helsinki, both included. */
  from: Temporal.PlainDate
  to: Temporal.PlainDate
  /** All that the viewer may read, if left out. */
  kinds?: readonly RecordKind[] | undefined
}

/** Reads decisions by the day on which they were entered, in parts. The database logs the read before it returns the first. */
export async function listRecords(
  db: Kysely<RegisterTables>,
  session: Session,
  query: RecordQuery,
): Promise<{ parts: AsyncGenerator<RecordRow[]> } | Refused<'deny.role'>> {
  const first = await readPart(db, session, query)
  return 'refused' in first ? first : { parts: readParts(db, session, query, first) }
}

async function* readParts(
  db: Kysely<RegisterTables>,
  session: Session,
  query: RecordQuery,
  first: RecordRow[],
): AsyncGenerator<RecordRow[]> {
  let part = first
  for (;;) {
    const last = part.at(-1)
    if (!last) return
    yield part
    const next = await readPart(db, session, query, last)
    // The export fails if the viewer's right ends meanwhile.
    if ('refused' in next) throw new Error(`the export of the diary was refused: ${next.refused}`)
    part = next
  }
}

function readPart(
  db: Kysely<RegisterTables>,
  session: Session,
  { from, to, kinds }: RecordQuery,
  after?: Pick<RecordRow, 'entered_at' | 'key'>,
): Promise<RecordRow[] | Refused<'deny.role'>> {
  return returnRefusal(
    ['deny.role'],
    inSession(db, { 'seloste.session': session.token }, async (tx) => {
      const { rows } = await sql<RecordRow>`
        select * from view_records(${kinds ? [...kinds] : null}::text[], ${from.toString()}::date, ${to.toString()}::date,
          ${after?.entered_at ?? null}::timestamptz, ${after?.key ?? null}::text)`.execute(tx)
      return rows
    }),
  )
}
