/**
 * Returns one entry of the log to a data protection officer, with the proof that it is in the tree signed by the newest
 * checkpoint.
 */
import { sql } from 'kysely'
import type { Session } from '../people/session.ts'
import type { SafeguardsDatabase, Tx } from '../tables.ts'
import { asOfficer, namesIn, type LogEntry } from './read-log.ts'
import { proveEntry, type EntryProof } from './verify/prove-entry.ts'

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
      select seq, at, person_id as "personId", right_id as "rightId", role, action, purpose, reference,
        object_kind as "objectKind", object_id as "objectId", result, detail, replace(salt::text, '-', '') as salt, leaf,
        is_proved as "isProved",
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
      proof: isReached ? await proveEntry(logged, leaf, checkpoint, (...range) => hashesOf(tx, ...range)) : undefined,
    }
  })
}

/** Returns the newest checkpoint, and the number of entries that are not in the tree yet. */
export function readLogState(
  database: SafeguardsDatabase,
  session: Pick<Session, 'token'>,
): Promise<{ checkpoint: KnownCheckpoint | undefined; pending: number } | { refused: 'deny.role' }> {
  return asOfficer(database, session, async (tx) => {
    const { rows } = await sql<{ pending: number }>`select count_log_pending() as pending`.execute(tx)
    return { checkpoint: await newestKnown(tx), pending: rows[0]?.pending ?? 0 }
  })
}

/** Returns the newest checkpoint with each witness's newest cosignature at or below it. */
async function newestKnown(tx: Tx): Promise<KnownCheckpoint | undefined> {
  const newest = await tx
    .selectFrom('audit_checkpoint')
    .select(['size', 'root', 'note', 'signed_at'])
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!newest) return undefined
  const witnesses = await tx
    .selectFrom('audit_cosignature')
    .distinctOn('witness')
    .select(['witness', 'received_at'])
    .orderBy('witness')
    .orderBy('size', 'desc')
    .execute()
  const { size, root, note, signed_at: signedAt } = newest
  const origin = note.slice(0, note.indexOf('\n'))
  return {
    origin,
    size,
    root,
    signedAt,
    witnesses: witnesses.map(({ witness, received_at }) => ({ name: witness, receivedAt: received_at })),
  }
}

async function hashesOf(tx: Tx, level: number, from: number, to: number): Promise<Buffer[]> {
  const rows =
    level === 0
      ? await tx
          .selectFrom('audit_leaf')
          .select('hash')
          .where('index', '>=', from)
          .where('index', '<', to)
          .orderBy('index')
          .execute()
      : await tx
          .selectFrom('audit_subtree')
          .select('hash')
          .where('level', '=', level)
          .where('index', '>=', from)
          .where('index', '<', to)
          .orderBy('index')
          .execute()
  return rows.map(({ hash }) => hash)
}
