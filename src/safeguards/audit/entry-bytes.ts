/** Serialises rows of audit_entry to the bytes that are hashed (docs/formats/audit-log.md): RFC 8785 JSON. */
import { sql, type RawBuilder } from 'kysely'

/** A row of audit_entry as selected by `entryColumns`. */
export interface EntryRow {
  seq: number
  /** UTC, six decimals. */
  at: string
  person_id: string | null
  right_id: string | null
  role: string | null
  action: string
  purpose: string | null
  reference: string | null
  object_kind: string | null
  object_id: string | null
  result: string
  detail: unknown
  /** 32 hexadecimal digits. */
  salt: string
}

/** Columns of audit_entry, aliased `e`. */
export const entryColumns: RawBuilder<EntryRow> = sql`
  e.seq, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, e.person_id, e.right_id, e.role, e.action,
  e.purpose, e.reference, e.object_kind, e.object_id, e.result, e.detail, replace(e.salt::text, '-', '') as salt`

export function entryBytes(row: EntryRow): Buffer {
  const { seq, at, person_id, right_id, role, action, purpose, reference, object_kind, object_id, result } = row
  return Buffer.from(
    canonicalJson({
      v: 1,
      seq,
      at,
      person_id,
      right_id,
      role,
      action,
      purpose,
      reference,
      object_kind,
      object_id,
      result,
      detail: row.detail,
      salt: row.salt,
    }),
  )
}

/**
 * RFC 8785: JSON.stringify formats numbers and strings as required; members are sorted by UTF-16 units, as by sort(), and left out
 * if undefined.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}
