/** Serialises rows of destruction_entry to the bytes that are hashed (docs/formats/ledger.md): RFC 8785 JSON. */
import { sql, type RawBuilder } from 'kysely'
import { canonicalJson } from '../audit/entry-bytes.ts'

/** An entry as in a copy and under its hash; docs/formats/ledger.md describes the members. */
export interface LedgerRow {
  seq: number
  /** UTC, six decimals. */
  at: string
  kind: string
  id: string | null
  name: string | null
  cause: string
  done_by: string
  detail: unknown
  targets: unknown
  /** 32 hexadecimal digits. */
  salt: string
}

/** Columns of destruction_entry, aliased `e`. */
export const ledgerColumns: RawBuilder<LedgerRow> = sql`
  e.seq, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, e.object_kind as kind, e.object_id as id,
  e.object_name as name, e.cause, e.done_by, e.detail, e.targets, replace(e.salt::text, '-', '') as salt`

export function ledgerBytes(row: LedgerRow): Buffer {
  const { seq, at, kind, id, name, cause, done_by, detail, targets, salt } = row
  return Buffer.from(canonicalJson({ v: 1, seq, at, kind, id, name, cause, done_by, detail, targets, salt }))
}
