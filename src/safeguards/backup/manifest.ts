/**
 * Backups of the register (docs/formats/backup.md). In: the owner's connection, the objects, the keys, and places. Out: in
 * each place a backup that was read back, or a fault that says which place failed and why; a restored register, closed
 * until its destruction ledger has been replayed. Never here: a key of a recording (they lie in the keyring, which is
 * current, never historic), an intake key's private half, a backup that counts before all of it was read back.
 *
 * This file: what a backup says of itself, and how that is signed.
 */
import { createHash } from 'node:crypto'
import { readCheckpoint, signCheckpoint, signedBy, type Signer, type VerifierKey } from '../audit/note.ts'

export const manifestFormat = 'seloste-backup/1'

export interface BackupFile {
  /** Below the backup's own folder. */
  name: string
  sizeBytes: number
  /** Hexadecimal, of the file as it lies there. */
  sha256: string
}

export interface TablePart extends BackupFile {
  rows: number
  /** Of PostgreSQL's text, before compression and sealing. */
  contentSha256: string
}

export interface ExportedTable {
  name: string
  /** As SQL writes them, in the order of the text. */
  columns: string[]
  rows: number
  parts: TablePart[]
}

export interface BackedUpObject {
  /** In the object store, and below `objects/` in the place. */
  key: string
  sizeBytes: number
  sha256: string
}

export interface Manifest {
  format: typeof manifestFormat
  id: string
  /** The audit log's origin: whose backup it is. */
  origin: string
  program: string
  /** The recovery key's public half, whom it is sealed to; backups of earlier versions do not say. */
  recipient?: string
  migration: { number: number; checksum: string }
  /** The database as it was at this instant (RFC 3339). */
  snapshotAt: string
  finishedAt: string
  /** The newest signed head of the destruction ledger in the snapshot; its note. */
  ledger: { size: number; note: string } | null
  /** The newest checkpoint of the audit log in the snapshot. */
  auditLog: { size: number; note: string }
  keyStore: string
  /** The first days of the first and the last month of the contact history; nothing where there is none. */
  history: { firstMonth: string; lastMonth: string } | null
  tables: ExportedTable[]
  secrets: BackupFile
  /** Lists of objects: JSON Lines of BackedUpObject, zstd. */
  objectLists: BackupFile[]
  objects: number
  objectBytes: number
  /** Recordings whose row is here and whose audio is not, as it was not in keeping yet. */
  withoutAudio: number
}

const idShape = /^\d{4}-\d{2}-\d{2}t\d{2}-\d{2}-\d{2}z$/

/** The name of a backup that begins at an instant: `2026-11-26t02-30-00z`. Names in order are in order of time. */
export function backupId(at: Temporal.Instant): string {
  return at.round({ smallestUnit: 'second', roundingMode: 'floor' }).toString().toLowerCase().replaceAll(':', '-')
}

/** When a backup began; nothing where it is no name of a backup. */
export function instantOf(id: string): Temporal.Instant | undefined {
  if (!idShape.test(id)) return undefined
  return Temporal.Instant.from(`${id.slice(0, 10)}T${id.slice(11, 19).replaceAll('-', ':')}Z`)
}

export const backupsFolder = 'backups/'
export const folderOf = (id: string) => `${backupsFolder}${id}/`
export const manifestName = 'manifest.json'
/** Written last: a folder without it is no backup. */
export const noteName = 'manifest.note'
export const objectsFolder = 'objects/'

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The manifest as bytes, and the signed note about them: a checkpoint whose size and root are the file's length and SHA-256. */
export function signManifest(manifest: Manifest, signer: Signer): { bytes: Buffer; note: Buffer } {
  const bytes = Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`)
  const root = createHash('sha256').update(bytes).digest()
  const note = signCheckpoint(signer, { origin: noteOrigin(signer.name, manifest.id), size: bytes.length, root })
  return { bytes, note: Buffer.from(note) }
}

/** What the manifest says where its note is signed by the key and is about these bytes; otherwise what is wrong. */
export function readManifest(
  id: string,
  bytes: Buffer,
  note: Buffer,
  key: VerifierKey,
): { manifest: Manifest } | { wrong: string } {
  const signed = readCheckpoint(note.toString('utf8'))
  if (!signed || typeof signedBy(key, signed) !== 'object') return { wrong: 'is not signed by the audit log’s key' }
  if (signed.origin !== noteOrigin(key.name, id)) return { wrong: 'is signed as another backup' }
  const root = createHash('sha256').update(bytes).digest()
  if (signed.size !== bytes.length || !signed.root.equals(root)) return { wrong: 'is not the one that was signed' }
  const manifest = JSON.parse(bytes.toString('utf8')) as Manifest
  if (manifest.format !== manifestFormat) return { wrong: `has the format ${String(manifest.format)}` }
  // They become SQL of the database's owner, and whoever can write to the place can sign with a key of their own.
  const names = manifest.tables.flatMap(({ name, columns }) => [
    name,
    ...columns.map((one) => one.replace(/^"(.*)"$/, '$1')),
  ])
  const strange = names.find((name) => !/^[a-z_][a-z0-9_]*$/.test(name))
  if (strange !== undefined) return { wrong: 'has a table or a column whose name is none of Seloste’s' }
  return { manifest }
}

function noteOrigin(origin: string, id: string): string {
  return `${origin}/backup/${id}`
}
