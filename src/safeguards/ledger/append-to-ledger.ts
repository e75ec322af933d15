/**
 * The destruction ledger: what ended and does not come back (R52). In: an end, in the transaction of that end. Out: an
 * entry that has its number about a second after the transaction has committed. Never here: names, phone numbers or other
 * content, changing or removing an entry. What concerns people, calls and requests appends itself
 * (database/functions/destruction/ledger.sql).
 */
import { sql } from 'kysely'
import { Fault } from '#platform/fault.ts'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import { checkEntry, type NewLedgerEntry } from './ledger-entry.ts'

/**
 * Appends entries in the caller's transaction, as the custodian or the owner.
 * @throws Fault `ledger-entry-wrong` where one is not as its kind says; nothing is appended then
 */
export async function appendToLedger(
  holding: HoldingSafeguards,
  entries: NewLedgerEntry | readonly NewLedgerEntry[],
): Promise<void> {
  const list = 'kind' in entries ? [entries] : entries
  if (list.length === 0) return
  for (const entry of list) {
    const wrong = checkEntry(entry)
    if (wrong) {
      throw new Fault(
        'ledger-entry-wrong',
        `an entry of the ledger about ${entry.kind} cannot be written: ${wrong}; report this as a fault of Seloste`,
      )
    }
  }
  await safeguardsOf(holding)
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

/** Enters, once, what was open when a version came whose ledger knows more kinds than the one before. */
export async function catchUpLedger(holding: HoldingSafeguards): Promise<void> {
  await sql`select catch_up_ledger()`.execute(safeguardsOf(holding))
}
