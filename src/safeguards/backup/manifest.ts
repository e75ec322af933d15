/**
 * The signed manifest of a backup (docs/formats/backup.md). Backups have no keys of recordings (those are in the keyring, which
 * is current, never historic) and no private halves of intake keys.
 */
import { createHash } from 'node:crypto'
import { readCheckpoint, signCheckpoint, signedBy, type Signer, type VerifierKey } from '../audit/note.ts'

export const manifestFormat = 'seloste-backup/1'

export interface BackupFile {
  /** Relative to the backup's folder. */
  name: string
  sizeBytes: number
  /** Hash of the stored file, hexadecimal. */
  sha256: string
}

export interface TablePart extends BackupFile {
  rows: number
  /** Hash of PostgreSQL's text, before compression and sealing. */
  contentSha256: string
}

export interface ExportedTable {
  name: string
  /** Quoted, in the order of the text. */
  columns: string[]
  rows: number
  parts: TablePart[]
}

export interface BackedUpObject {
  /** Key in the object store, and below `objects/` in the place. */
  key: string
  sizeBytes: number
  sha256: string
}

export interface Manifest {
  format: typeof manifestFormat
  id: string
  /** The audit log's origin, which identifies the register. */
  origin: string
  program: string
  /** Public half of the recovery key it is sealed to; undefined in backups of earlier versions. */
  recipient?: string
  migration: { number: number; checksum: string }
  /** Instant of the snapshot (RFC 3339). */
  snapshotAt: string
  finishedAt: string
  /** Newest signed head of the destruction ledger in the snapshot; its note. */
  ledger: { size: number; note: string } | null
  /** Newest checkpoint of the audit log in the snapshot. */
  auditLog: { size: number; note: string }
  keyStore: string
  /** First days of the first and the last month of the contact history; null if it is empty. */
  history: { firstMonth: string; lastMonth: string } | null
  tables: ExportedTable[]
  secrets: BackupFile
  /** Lists of objects: JSON Lines of BackedUpObject, zstd. */
  objectLists: BackupFile[]
  objects: number
  objectBytes: number
  /** Recordings in the tables whose audio is missing because it was not ingested yet. */
  withoutAudio: number
}

const idShape = /^\d{4}-\d{2}-\d{2}t\d{2}-\d{2}-\d{2}z$/

/** Returns the id of a backup that begins at an instant: `2026-11-26t02-30-00z`. Ids sort by time. */
export function backupId(at: Temporal.Instant): string {
  return at.round({ smallestUnit: 'second', roundingMode: 'floor' }).toString().toLowerCase().replaceAll(':', '-')
}

/** Returns when a backup began; undefined if it is not the id of a backup. */
export function instantOf(id: string): Temporal.Instant | undefined {
  if (!idShape.test(id)) return undefined
  return Temporal.Instant.from(`${id.slice(0, 10)}T${id.slice(11, 19).replaceAll('-', ':')}Z`)
}

export const backupsFolder = 'backups/'
export const folderOf = (id: string) => `${backupsFolder}${id}/`
export const manifestName = 'manifest.json'
/** Written last: a folder without it is not a backup. */
export const noteName = 'manifest.note'
export const objectsFolder = 'objects/'

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Returns the manifest's bytes and its signed note: a checkpoint whose size and root are the file's length and SHA-256. */
export function signManifest(manifest: Manifest, signer: Signer): { bytes: Buffer; note: Buffer } {
  const bytes = Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`)
  const root = createHash('sha256').update(bytes).digest()
  const note = signCheckpoint(signer, { origin: originOf(signer.name, manifest.id), size: bytes.length, root })
  return { bytes, note: Buffer.from(note) }
}

/** Returns the manifest if its note is signed by the key and matches; otherwise the problem. */
export function readManifest(
  id: string,
  bytes: Buffer,
  note: Buffer,
  key: VerifierKey,
): { manifest: Manifest } | { wrong: string } {
  const signed = readCheckpoint(note.toString('utf8'))
  if (!signed || typeof signedBy(key, signed) !== 'object') return { wrong: 'is not signed by the audit log’s key' }
  if (signed.origin !== originOf(key.name, id)) return { wrong: 'is signed as another backup' }
  const root = createHash('sha256').update(bytes).digest()
  if (signed.size !== bytes.length || !signed.root.equals(root)) return { wrong: 'differs from what was signed' }
  const manifest = JSON.parse(bytes.toString('utf8')) as Manifest
  if (manifest.format !== manifestFormat) return { wrong: `has the format ${String(manifest.format)}` }
  // The names become SQL of the database's owner, and whoever can write to the place can sign with their own key.
  const names = manifest.tables.flatMap(({ name, columns }) => [
    name,
    ...columns.map((one) => one.replace(/^"(.*)"$/, '$1')),
  ])
  const strange = names.find((name) => !/^[a-z_][a-z0-9_]*$/.test(name))
  if (strange !== undefined) return { wrong: 'has a table or column with a name that Seloste does not use' }
  return { manifest }
}

function originOf(origin: string, id: string): string {
  return `${origin}/backup/${id}`
}
