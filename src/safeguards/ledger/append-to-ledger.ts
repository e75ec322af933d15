/**
 * Appends to the destruction ledger: what has ended and must not come back (R52). An entry is written in the transaction of the
 * end and gets its number about a second after the commit. No names, phone numbers or other content. Triggers append the entries
 * of ended employments, calls and requests (database/functions/destruction/ledger.sql).
 */
import { sql } from 'kysely'
import { Fault } from '#platform/fault.ts'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import { checkEntry, type NewLedgerEntry } from './ledger-entry.ts'

/**
 * Appends entries in the caller's transaction, as the custodian or the owner.
 * @throws Fault `ledger-entry-wrong` if an entry does not match its kind; nothing is appended then
 */
export async function appendToLedger(
  database: SafeguardsDatabase,
  entries: NewLedgerEntry | readonly NewLedgerEntry[],
): Promise<void> {
  const list = 'kind' in entries ? [entries] : entries
  if (list.length === 0) return
  for (const entry of list) {
    const wrong = checkEntry(entry)
    if (wrong) {
      throw new Fault(
        'ledger-entry-wrong',
        `cannot write a ledger entry about ${entry.kind}: ${wrong}; report this as a bug of Seloste`,
      )
    }
  }
  await safeguardsOf(database)
    .insertInto('destruction_entry')
    .values(
      list.map((entry) => ({
        object_kind: entry.kind,
        object_id: 'id' in entry ? entry.id : null,
        object_name: 'name' in entry ? entry.name : null,
        cause: entry.cause,
        done_by: entry.doneBy,
        detail: JSON.stringify(entry.detail),
        targets: JSON.stringify(entry.targets ?? {}),
      })),
    )
    .execute()
}

/** After an upgrade, appends once the open items of kinds that the earlier version did not record. */
export async function catchUpLedger(database: SafeguardsDatabase): Promise<void> {
  await sql`select backfill_ledger()`.execute(database)
}
