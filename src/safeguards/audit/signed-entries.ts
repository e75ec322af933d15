/**
 * Entries that explain findings are signed with the log's key by the process that noticed the cause: writing to the database
 * alone explains nothing. Entries of versions that did not sign are trusted below the size the log had then
 * (docs/formats/audit-log.md).
 */
import { sql } from 'kysely'
import { safeguardsOf, type SafeguardsDatabase } from '../tables.ts'
import type { AuditEntry } from './append.ts'
import { entryBytes, entryColumns, type EntryRow } from './entry-bytes.ts'
import { isStatementSigned, signStatement, type Signer, type VerifierKey } from './note.ts'
import { hashLeaf } from './tree.ts'

type Detail = NonNullable<AuditEntry['detail']>

/** First line of the signed text, by action. */
const kinds = {
  'log.break-accepted': 'seloste acceptance v1',
  'log.pruned': 'seloste pruning v1',
  'clock.stepped': 'seloste clock step v1',
  'backup.restored': 'seloste restore v1',
} as const
const sizeKind = 'seloste entries signed from v1'
export type SignedAction = keyof typeof kinds

/** Returns the detail with the log's signature over it, Ed25519, base64. */
export function signDetail(signer: Signer, action: SignedAction, detail: Detail): Detail {
  // As stored in the database: without undefined members.
  const plain = JSON.parse(JSON.stringify(detail)) as Detail
  return { ...plain, signature: signStatement(signer, kinds[action], plain) }
}

/**
 * Signs the leaf count when entries began to be signed, as `<size> <signature>`; stored beside the keys and in the database.
 */
export function signSignedFrom(signer: Signer, size: number): string {
  return `${size} ${signStatement(signer, sizeKind, size)}`
}

/** Returns the size; undefined if the log's key did not sign it. */
export function readSignedFrom(key: VerifierKey, note: string | undefined): number | undefined {
  const [, digits = '', signature = ''] = /^(\d{1,15}) (\S+)$/.exec(note?.trim() ?? '') ?? []
  return isStatementSigned(key, sizeKind, Number(digits), signature) ? Number(digits) : undefined
}

export async function storedSignedFrom(database: SafeguardsDatabase): Promise<string | undefined> {
  const row = await safeguardsOf(database).selectFrom('audit_signed_from').select('note').executeTakeFirst()
  return row?.note
}

/** Returns the trusted entries of an action, oldest first. */
export async function readTrusted(
  database: SafeguardsDatabase,
  key: VerifierKey,
  action: SignedAction,
): Promise<{ seq: number; at: string; detail: Record<string, unknown> }[]> {
  const before = readSignedFrom(key, await storedSignedFrom(database)) ?? 0
  const { rows } = await sql<EntryRow & { index: number | null; hash: Buffer | null }>`
    select l.index, l.hash, ${entryColumns}
    from audit_entry e left join audit_leaf l on l.seq = e.seq
    where e.action = ${action} and e.result = 'ok' order by e.seq`.execute(database)
  return rows.flatMap((row) => {
    const detail = row.detail as Record<string, unknown>
    const { signature, ...statement } = detail
    const isTrusted =
      signature === undefined
        ? row.index !== null && row.index < before && hashLeaf(entryBytes(row)).equals(row.hash!)
        : isStatementSigned(key, kinds[action], statement, signature)
    return isTrusted ? [{ seq: row.seq, at: row.at, detail }] : []
  })
}

/** Returns the index below which there are hashes and no entries. */
export async function minimumIndex(database: SafeguardsDatabase, key: VerifierKey): Promise<number> {
  const prunings = await readTrusted(database, key, 'log.pruned')
  return prunings.reduce((max, { detail }) => Math.max(max, Number(detail['minimumIndex'])), 0)
}
