/** Recalls of disclosed copies (R32, R50), for the decision maker. Nothing reveals to a recipient whose recording it was. */
import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { requestAct, requestDatabase, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'

const confirmRefusals = ['not-found', 'deny.role', 'recall.confirmed', 'confirm.fresh'] as const

export interface Recall {
  id: string
  disclosure: string
  recipient: string
  item: number
  recalled_at: Temporal.Instant
  due_at: Temporal.Instant
  is_overdue: boolean
  confirmed_at: Temporal.Instant | null
}

/** Returns recalled copies, unconfirmed ones first. */
export async function listRecalls(
  db: Kysely<RegisterTables>,
  session: Session,
): Promise<{ recalls: Recall[] } | Refused<'deny.role'>> {
  const trace = { action: 'recall.confirmed', object: { kind: 'recall' } } as const
  const statement = sql<Recall>`
    select id, disclosure, recipient, item, recalled_at, due_at, state = 'RECALLED' and due_at <= register_now() as is_overdue, confirmed_at
    from disclosed_copy where recalled_at is not null order by confirmed_at desc nulls first, due_at, item limit 1000`
  const requirement = sql`require_one_role('{DECISION_MAKER}')`
  const answer = await requestDatabase(db, session, statement, ['deny.role'], trace, requirement)
  return 'refused' in answer ? answer : { recalls: answer.rows }
}

/** Records the recipient's confirmation and deletes the link between copy and recording. */
export function confirmRecall(
  db: Kysely<RegisterTables>,
  session: Session,
  id: string,
  outcome: 'destroyed' | 'returned',
): Promise<'done' | Refused<(typeof confirmRefusals)[number]>> {
  const trace = { action: 'recall.confirmed', object: { kind: 'recall', id } } as const
  const statement = sql`select confirm_recall(${id}::uuid, ${outcome})`
  return requestAct(db, session, statement, confirmRefusals, trace)
}
