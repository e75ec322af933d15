/**
 * Proves that held recordings can be decrypted: checks every chunk of the body, its length, its hash against the register and
 * the audit log, and the index. Counts the bytes. A recording destroyed meanwhile is not a finding; plaintext is dropped after
 * its check.
 */
import type { Kysely } from 'kysely'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import { fileKeysOf } from '#safeguards/keys/recording-keys.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import { bodyKey, headerKey } from '../recordings/objects.ts'
import { openRecordingIndex } from '../recordings/open-recording.ts'
import type { RegisterTables } from '../tables.ts'
import type { Finding, FindingCode } from './findings.ts'
import type { OpeningThreads } from './open-in-threads.ts'

export interface HeldProofContext {
  db: Kysely<RegisterTables>
  objects: ObjectStore
  keys: KeyStore
  threads: OpeningThreads
}

export interface HeldProof {
  recordings: number
  bytes: number
  findings: Finding[]
}

interface Row {
  id: string
  size_bytes: number | null
  sha256: Buffer | null
}

export async function proveHeld(proving: HeldProofContext, rows: readonly Row[]): Promise<HeldProof> {
  const { db, keys, threads } = proving
  // Everything may be destroyed by now.
  if (rows.length === 0) return { recordings: 0, bytes: 0, findings: [] }
  const ids = rows.map(({ id }) => id)
  const [fileKeys, hashes] = await Promise.all([fileKeysOf(db, keys, ids), recordedHashes(db, ids)])
  const proved: HeldProof = { recordings: 0, bytes: 0, findings: [] }
  const left = [...rows]
  const worker = async () => {
    for (let row = left.pop(); row; row = left.pop()) {
      const fileKey = fileKeys.get(row.id)!
      const found = await proveOne(proving, row, fileKey, hashes.get(row.id))
      if (typeof fileKey !== 'string') fileKey.fill(0)
      // A recording destroyed during its check is not a finding.
      if (found.codes.length > 0 && !(await isHeld(db, row.id))) continue
      proved.recordings++
      proved.bytes += found.bytes
      proved.findings.push(...found.codes.map((code) => ({ code, recording: row.id })))
    }
  }
  await Promise.all(Array.from({ length: threads.concurrency }, worker))
  return proved
}

async function proveOne(
  { objects, threads }: HeldProofContext,
  row: Row,
  fileKey: Buffer | 'missing' | 'forged',
  reported: string | null | undefined,
): Promise<{ codes: FindingCode[]; bytes: number }> {
  const codes: FindingCode[] = []
  const known = row.sha256?.toString('hex')
  if (reported === undefined) codes.push('hash-untold')
  else if (reported !== (known ?? null)) codes.push('hash-told-otherwise')
  if (await sizeOf(objects, headerKey(row.id))) codes.push('header-left')
  const size = await sizeOf(objects, bodyKey(row.id))
  if (size === undefined) codes.push('body-missing')
  else if (row.size_bytes !== null && size !== row.size_bytes) codes.push('body-length')
  if (typeof fileKey === 'string') return { codes: [`key-${fileKey}`, ...codes], bytes: 0 }
  codes.push(...(await proveIndex(objects, row.id, fileKey)))
  if (size === undefined) return { codes, bytes: 0 }
  const read = (start: number, end: number) => objects.readRange(bodyKey(row.id), start, end)
  const opened = await threads.open(fileKey, size, read).catch((error: unknown) => {
    const { code } = error as { code?: string }
    // Removed or truncated while it was being read.
    if (code === 'object-missing' || code === 'object-range-outside') return 'forged' as const
    throw error
  })
  if (opened === 'forged') codes.push('body-forged')
  else if (known !== undefined && opened.sha256 !== known) codes.push('body-hash')
  return { codes, bytes: size }
}

async function proveIndex(objects: ObjectStore, id: string, fileKey: Buffer): Promise<FindingCode[]> {
  try {
    const { recording } = await openRecordingIndex(objects, id, fileKey)
    return recording === id ? [] : ['index-of-another']
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'object-missing') return ['index-missing']
    // The index is authenticated, and we never wrote unreadable JSON.
    if (code?.startsWith('age-') || error instanceof SyntaxError) return ['index-forged']
    throw error
  }
}

/** Returns the object's size; undefined if it does not exist. */
export async function sizeOf(objects: ObjectStore, key: string): Promise<number | undefined> {
  try {
    return await objects.sizeBytes(key)
  } catch (error) {
    if ((error as { code?: string }).code === 'object-missing') return undefined
    throw error
  }
}

/** Returns the hash recorded in the audit log when each recording was ingested; for a restored one, that of the newest entry. */
async function recordedHashes(db: Kysely<RegisterTables>, ids: readonly string[]): Promise<Map<string, string | null>> {
  const rows = await db
    .selectFrom('audit_entry')
    .select(['object_id', 'detail'])
    .where('object_id', 'in', [...ids])
    .where('action', '=', 'recording.kept')
    .orderBy('seq')
    .execute()
  return new Map(rows.map(({ object_id, detail }) => [object_id!, (detail as { sha256: string | null }).sha256]))
}

async function isHeld(db: Kysely<RegisterTables>, id: string): Promise<boolean> {
  const row = await db.selectFrom('recording').select('state').where('id', '=', id).executeTakeFirst()
  return row !== undefined && row.state !== 'DESTROYING' && row.state !== 'DESTROYED'
}
