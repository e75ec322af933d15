/** Recalls of disclosed copies (R32, R50), for the decision maker. Nothing reveals to a recipient whose recording it was. */
import { sql } from 'kysely'
import { databaseAct, databaseAnswer } from '#safeguards/access/database-request.ts'

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
export const listRecalls = databaseAnswer(
  () => ({
    statement: sql<Recall>`
      select id, disclosure, recipient, item, recalled_at, due_at,
        state = 'RECALLED' and due_at <= register_now() as is_overdue, confirmed_at
      from disclosed_copy where recalled_at is not null order by confirmed_at desc nulls first, due_at, item limit 1000`,
    refusals: ['deny.role'],
    precondition: sql`require_one_role('{DECISION_MAKER}')`,
    action: 'recall.confirmed',
    object: { kind: 'recall' },
  }),
  (recalls) => ({ recalls }),
)

/** Records the recipient's confirmation and deletes the link between copy and recording. */
export const confirmRecall = databaseAct((id: string, outcome: 'destroyed' | 'returned') => ({
  statement: sql`select confirm_recall(${id}::uuid, ${outcome})`,
  refusals: ['not-found', 'deny.role', 'recall.confirmed', 'confirm.fresh'],
  action: 'recall.confirmed',
  object: { kind: 'recall', id },
}))
