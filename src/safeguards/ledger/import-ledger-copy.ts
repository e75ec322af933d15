/**
 * Extends a restored ledger from a verified copy: entries with their numbers and hashes, and the head beside the keys. What
 * entries mean for the register is in replay-ledger.ts.
 */
import { sql } from 'kysely'
import { Fault } from '#platform/fault.ts'
import type { LogFolder } from '../audit/log-folder.ts'
import { storedHashReader, storedSize } from '../audit/stored-tree.ts'
import { edgeAt } from '../audit/tree.ts'
import { safeguardsOf, type SafeguardsDatabase, type Tx } from '../tables.ts'
import { ledgerTree } from './ledger-tree.ts'
import type { LedgerContent } from './ledger-content.ts'
import type { CopiedEntry, LedgerCopy } from './read-ledger-copy.ts'

const batchEntries = 1_000

/**
 * Imports the entries that the database lacks; idempotent.
 * @param copy with entries from the database's size on at the latest
 * @param contents by the names of the entries
 * @returns how many were imported
 * @throws Fault `ledger-copy-wrong` if the copy has problems, is shorter than the database, or does not continue it
 */
export async function importLedgerCopy(
  database: SafeguardsDatabase,
  copy: LedgerCopy,
  contents: ReadonlyMap<string, LedgerContent>,
  folder: LogFolder,
): Promise<number> {
  const { head, note } = copy
  const [wrong] = copy.problems
  if (wrong) throw new Fault('ledger-copy-wrong', `${wrong.message}: use another copy of the destruction ledger`)
  if (!head || note === undefined)
    throw new Fault('ledger-copy-wrong', 'the copy of the destruction ledger has no head')
  const imported = await safeguardsOf(database)
    .transaction()
    .execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended('seloste.ledger', 0))`.execute(tx)
      const size = await storedSize(tx, ledgerTree)
      const fresh = copy.entries.filter(({ number }) => number > size)
      if (size + fresh.length !== head.size) {
        throw new Fault(
          'ledger-copy-wrong',
          `the database’s ledger has ${size} entries, but the copy has ${head.size}: use a newer copy of the destruction ledger`,
        )
      }
      const edge = await edgeAt(size, storedHashReader(tx, ledgerTree))
      const whole = fresh.flatMap(({ hash }) => edge.append(hash))
      if (!edge.root().equals(head.root)) {
        throw new Fault(
          'ledger-copy-wrong',
          `the copy of the destruction ledger does not continue the ${size} entries of this backup: one of the two belongs to another installation`,
        )
      }
      await sql`alter table destruction_entry disable trigger pending`.execute(tx)
      for (let at = 0; at < fresh.length; at += batchEntries)
        await insertEntries(tx, fresh.slice(at, at + batchEntries), contents)
      // Runs deferred constraints now: a table with pending ones cannot be altered.
      await sql`set constraints all immediate`.execute(tx)
      await sql`alter table destruction_entry enable trigger pending`.execute(tx)
      if (whole.length > 0) await tx.insertInto('ledger_subtree').values(whole).execute()
      await sql`delete from ledger_pending p using ledger_leaf l where l.seq = p.seq`.execute(tx)
      await tx
        .insertInto('ledger_head')
        .values({ size: head.size, root: head.root, note: withoutCosignatures(note) })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      await sql`
        select setval(pg_get_serial_sequence('destruction_entry', 'seq'), greatest(1, max(seq)))
        from destruction_entry`.execute(tx)
      return fresh.length
    })
  await folder.writeCheckpoint(withoutCosignatures(note))
  return imported
}

async function insertEntries(
  tx: Tx,
  entries: readonly CopiedEntry[],
  contents: ReadonlyMap<string, LedgerContent>,
): Promise<void> {
  const rows = JSON.stringify(entries.map(({ number, entry }) => ({ ...entry, index: number - 1 })))
  await sql`
    insert into destruction_entry (seq, at, object_kind, object_id, object_name, cause, done_by, detail, targets, salt)
    overriding system value
    select seq, at, kind, id, name, cause, done_by, detail, targets, salt::uuid
    from jsonb_to_recordset(${rows}::jsonb) as e (seq bigint, at timestamptz, kind text, id uuid, name text, cause text,
      done_by text, detail jsonb, targets jsonb, salt text)
    on conflict (seq) do nothing`.execute(tx)
  await sql`
    insert into ledger_leaf (index, seq, hash)
    select e.index, e.seq, u.hash
    from jsonb_to_recordset(${rows}::jsonb) as e (index bigint, seq bigint)
    join unnest(${entries.map(({ number }) => number - 1)}::bigint[], ${entries.map(({ hash }) => hash)}::bytea[]) as u (index, hash)
      on u.index = e.index`.execute(tx)
  const entryRows = entries.flatMap(({ entry }) => {
    const one = contents.get(entry.name ?? '')
    return one ? [{ seq: entry.seq, ...one }] : []
  })
  await sql`
    insert into ledger_content (seq, salt, content)
    select seq, decode(salt, 'hex'), content from jsonb_to_recordset(${JSON.stringify(entryRows)}::jsonb) as c (seq bigint, salt text, content text)
    on conflict do nothing`.execute(tx)
}

/** Returns the note with the log's own signature only; cosignatures are requested again. */
function withoutCosignatures(note: string): string {
  const end = note.indexOf('\n\n') + 2
  return note.slice(0, note.indexOf('\n', end) + 1)
}
