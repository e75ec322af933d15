/**
 * Entries that explain what a verifier or a check finds, signed with the log's key: whoever writes to the database alone explains
 * nothing. In: what the process that noticed it says. Out: the detail with its signature; of the entries in the log those that are
 * believed. Entries of versions that did not sign are believed below the size that the log had then (docs/formats/audit-log.md).
 */
import { sql } from 'kysely'
import { safeguardsOf, type HoldingSafeguards } from '../tables.ts'
import type { AuditEntry } from './append.ts'
import { entryBytes, entryColumns, type EntryRow } from './entry-bytes.ts'
import { isStatementSigned, signStatement, type Signer, type VerifierKey } from './note.ts'
import { hashLeaf } from './tree.ts'

type Detail = NonNullable<AuditEntry['detail']>

/** First line of what is signed, by action. */
const kinds = {
  'log.break-accepted': 'seloste acceptance v1',
  'log.pruned': 'seloste pruning v1',
  'clock.stepped': 'seloste clock step v1',
  'backup.restored': 'seloste restore v1',
} as const
const sizeKind = 'seloste entries signed from v1'
export type SignedAction = keyof typeof kinds

/** The detail with the log's signature over it, Ed25519, base64. */
export function signDetail(signer: Signer, action: SignedAction, detail: Detail): Detail {
  // As the database will have it: without members that are undefined.
  const kept = JSON.parse(JSON.stringify(detail)) as Detail
  return { ...kept, signature: signStatement(signer, kinds[action], kept) }
}

/** Leaves of the log when entries began to be signed, as `<size> <signature>`; kept beside the keys and in the database. */
export function signSignedFrom(signer: Signer, size: number): string {
  return `${size} ${signStatement(signer, sizeKind, size)}`
}

/** The size; nothing where the log's key did not sign it. */
export function readSignedFrom(key: VerifierKey, note: string | undefined): number | undefined {
  const [, digits = '', signature = ''] = /^(\d{1,15}) (\S+)$/.exec(note?.trim() ?? '') ?? []
  return isStatementSigned(key, sizeKind, Number(digits), signature) ? Number(digits) : undefined
}

export async function storedSignedFrom(holding: HoldingSafeguards): Promise<string | undefined> {
  const row = await safeguardsOf(holding).selectFrom('audit_signed_from').select('note').executeTakeFirst()
  return row?.note
}

/** Entries of an action that are believed, oldest first. */
export async function readBelieved(
  holding: HoldingSafeguards,
  key: VerifierKey,
  action: SignedAction,
): Promise<{ at: string; detail: Record<string, unknown> }[]> {
  const before = readSignedFrom(key, await storedSignedFrom(holding)) ?? 0
  const { rows } = await sql<EntryRow & { index: number | null; hash: Buffer | null }>`
    select l.index, l.hash, ${entryColumns}
    from audit_entry e left join audit_leaf l on l.seq = e.seq
    where e.action = ${action} and e.result = 'ok' order by e.seq`.execute(safeguardsOf(holding))
  return rows.flatMap((row) => {
    const detail = row.detail as Record<string, unknown>
    const { signature, ...said } = detail
    const isBelieved =
      signature === undefined
        ? row.index !== null && row.index < before && hashLeaf(entryBytes(row)).equals(row.hash!)
        : isStatementSigned(key, kinds[action], said, signature)
    return isBelieved ? [{ at: row.at, detail }] : []
  })
}

/** Below it there are hashes and no entries. */
export async function minimumIndex(holding: HoldingSafeguards, key: VerifierKey): Promise<number> {
  const prunings = await readBelieved(holding, key, 'log.pruned')
  return prunings.reduce((most, { detail }) => Math.max(most, Number(detail['minimumIndex'])), 0)
}
