import { sql, type Kysely } from 'kysely'
import type { RegisterTables } from '#register/tables.ts'
import { safeguardsOf, type SafeguardsDatabase } from '#safeguards/tables.ts'

/**
 * Erases personal data of requests that were closed thirty days ago or longer; called by the custodian.
 * @returns how many
 */
export async function eraseEndedRequests(db: SafeguardsDatabase): Promise<number> {
  const { rows } = await sql<{ erased: number }>`select erase_closed_requests() as erased`.execute(safeguardsOf(db))
  return rows[0]!.erased
}

/** Counts open requests and those from home that wait, and those past the due day of their answer. */
export async function countOpenRequests(db: Kysely<RegisterTables>): Promise<{ open: number; overdue: number }> {
  const { rows: waiting } = await sql<{ open: number; overdue: number }>`select * from count_home_requests()`.execute(
    db,
  )
  const entered = await db
    .selectFrom('subject_request')
    .select(({ fn }) => [
      fn.countAll<number>().as('open'),
      fn
        .countAll<number>()
        .filterWhere(sql<boolean>`due_at < now() and answered_at(subject_request) is null`)
        .as('overdue'),
    ])
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow()
  const { open = 0, overdue = 0 } = waiting[0] ?? {}
  return { open: entered.open + open, overdue: entered.overdue + overdue }
}
