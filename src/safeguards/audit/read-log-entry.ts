/**
 * Returns one entry of the log to a data protection officer, with the proof that it is in the tree signed by the newest
 * checkpoint.
 */
import { sql } from 'kysely'
import { selectValue } from '#platform/database/select-value.ts'
import type { Session } from '../people/session.ts'
import type { SafeguardsDatabase, Tx } from '../tables.ts'
import { asOfficer, namesIn, type LogEntry, entryFields } from './read-log.ts'
import { proveEntry, type EntryProof } from './verify/prove-entry.ts'
import { storedHashes } from './stored-tree.ts'
import { newestCosignatures } from './witness/cosignatures.ts'

export interface KnownCheckpoint {
  origin: string
  size: number
  root: Buffer
  signedAt: Temporal.Instant
  witnesses: { name: string; receivedAt: Temporal.Instant }[]
}

export interface ProvedEntry {
  entry: LogEntry
  names: Map<string, string>
  leaf: number | undefined
  checkpoint: KnownCheckpoint | undefined
  /** Its text could reveal a preservation order, so no proof is given. */
  isWithheld: boolean
  /** Undefined if the signed tree does not reach the entry yet, or the entry is withheld. */
  proof: EntryProof | undefined
}

/** Refuses with `not-found` if there is no such entry. */
export function readLogEntry(
  database: SafeguardsDatabase,
  session: Pick<Session, 'token'>,
  seq: number,
): Promise<ProvedEntry | 'not-found' | { refused: 'deny.role' }> {
  return asOfficer(database, session, async (tx) => {
    const { rows } = await sql<LogEntry & { salt: string; leaf: number | null; isProved: boolean; written: string }>`
      select ${entryFields}, replace(salt::text, '-', '') as salt, leaf, is_proved as "isProved",
        to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as written
      from read_log_entry(${seq}::bigint)`.execute(tx)
    const [row] = rows
    if (!row) return 'not-found'
    const { salt, leaf, isProved, written, ...entry } = row
    const checkpoint = await newestKnown(tx)
    const isReached = leaf !== null && checkpoint !== undefined && leaf < checkpoint.size
    const logged = {
      seq: entry.seq,
      at: written,
      person_id: entry.personId,
      right_id: entry.rightId,
      role: entry.role,
      action: entry.action,
      purpose: entry.purpose,
      reference: entry.reference,
      object_kind: entry.objectKind,
      object_id: entry.objectId,
      result: entry.result,
      detail: entry.detail,
      salt,
    }
    return {
      entry,
      names: await namesIn(tx, [entry]),
      leaf: leaf ?? undefined,
      isWithheld: !isProved,
      checkpoint,
      proof: isReached
        ? await proveEntry(logged, leaf, checkpoint, (...range) => storedHashes(tx, ...range))
        : undefined,
    }
  })
}

/** Returns the newest checkpoint, and the number of entries that are not in the tree yet. */
export function readLogState(
  database: SafeguardsDatabase,
  session: Pick<Session, 'token'>,
): Promise<{ checkpoint: KnownCheckpoint | undefined; pending: number } | { refused: 'deny.role' }> {
  return asOfficer(database, session, async (tx) => {
    const pending = await selectValue(tx, sql<number>`count_log_pending()`)
    return { checkpoint: await newestKnown(tx), pending }
  })
}

/** Returns the newest checkpoint with each witness's newest cosignature at or below it. */
async function newestKnown(tx: Tx): Promise<KnownCheckpoint | undefined> {
  const newest = await tx
    .selectFrom('audit_checkpoint')
    .select(['size', 'root', 'note', 'signed_at as signedAt'])
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!newest) return undefined
  const { note, ...signed } = newest
  const witnesses = await newestCosignatures(tx)
  return {
    ...signed,
    origin: note.slice(0, note.indexOf('\n')),
    witnesses: witnesses.map(({ witness: name, receivedAt }) => ({ name, receivedAt })),
  }
}
