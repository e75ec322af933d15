/**
 * Lists packages (R27, R30, R34): each is one encrypted file for a decided disclosure, downloaded once. Links are not stored.
 */
import { sql, type Kysely, type Transaction } from 'kysely'
import { inSession } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import type { Session } from '#safeguards/people/session.ts'

export interface PackageRow {
  id: string
  /** Disclosure it belongs to. */
  disclosure: string
  method: 'KEY' | 'PASSPHRASE'
  delivery: 'LINK' | 'MEDIUM'
  state: 'making' | 'ready' | 'taken' | 'expired' | 'withdrawn' | 'failed'
  files: number
  /** Files already written. */
  done: number
  size_bytes: number | null
  sha256: string | null
  made_at: Temporal.Instant
  made_by: string
  expires_at: Temporal.Instant
  taken_at: Temporal.Instant | null
  /** Begun and refused downloads, oldest first. */
  downloads: DownloadRow[]
}

export interface DownloadRow {
  at: string
  outcome: 'begun' | 'refused'
  /** Person who saved it for a medium. */
  by: string | null
  /** Network address of the client, for 30 days. */
  address: string | null
}

/** Lists the packages of disclosures that the viewer may see, newest first. */
export async function listPackages(
  db: Kysely<RegisterTables>,
  session: Session,
  disclosures: readonly string[],
): Promise<PackageRow[]> {
  return inSession(db, { 'seloste.session': session.token }, (tx) => packagesOf(tx, disclosures))
}

async function packagesOf(tx: Transaction<RegisterTables>, disclosures: readonly string[]): Promise<PackageRow[]> {
  const { rows } = await sql<Omit<PackageRow, 'size_bytes'> & { size_bytes: string | number | null }>`
    select * from packages_of(${disclosures}::uuid[])`.execute(tx)
  return rows.map((row) => ({ ...row, size_bytes: row.size_bytes === null ? null : Number(row.size_bytes) }))
}
