import type { ColumnType, Generated } from 'kysely'

type Instant = Temporal.Instant

/** Tables of the destruction ledger (database/schema.sql; docs/formats/ledger.md). */
export interface LedgerTables {
  destruction_entry: {
    seq: Generated<number>
    at: Generated<Instant>
    object_kind: string
    object_id: string | null
    /** Without an id: a month, a key, or the hash of the content. */
    object_name: string | null
    cause: string
    done_by: string
    detail: ColumnType<unknown, string | undefined, never>
    targets: ColumnType<unknown, string, never>
    /** Random: the hash of an entry does not reveal its content. */
    salt: Generated<string>
  }
  /** Entries that have no number yet. */
  ledger_pending: { seq: number }
  ledger_subtree: { level: number; index: number; hash: Buffer }
  ledger_head: { size: number; root: Buffer; note: string; signed_at: Generated<Instant> }
}
