/** Lists the destruction ledger: ids and places. Preservation orders are visible only to those who enter them. */
import { sql } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import { returnRefusal } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '#safeguards/tables.ts'

/** Targets of a destruction, as in the ledger: storage places, and receipts of destroyed keys. */
export interface LedgerTargets {
  places?: { place: string; reached: boolean }[]
  receipts?: { store: 'file' | 'pkcs11' | 'vault'; key: string; at: string; proof: string }[]
}

export interface LedgerItem {
  number: number
  at: Temporal.Instant
  kind: string
  object: string
  cause: string
  doneBy: string
  targets: LedgerTargets
}

/** Returns a page of the ledger before an entry, newest first. The database checks the role and logs the view. */
export function listLedger(
  db: SafeguardsDatabase,
  session: Pick<Session, 'token'>,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<{ items: LedgerItem[]; next?: number } | { refused: 'deny.role' }> {
  return returnRefusal(
    ['deny.role'],
    inSession(safeguardsOf(db), { 'seloste.session': session.token }, async (tx) => {
      const { rows } = await sql<LedgerItem>`
        select number, at, kind, object, cause, done_by as "doneBy", targets
        from read_ledger(${before ?? null}::bigint, ${limit + 1}::integer)`.execute(tx)
      const items = rows.slice(0, limit)
      const last = items.at(-1)
      return { items, ...(rows.length > limit && last && { next: last.number }) }
    }),
  )
}
