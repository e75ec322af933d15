/**
 * Opens recordings with the contents of a machine's image: every form of every key that was ever written, and the key
 * store as it is now. Returns the recordings whose header or body opens. The attack knows how each kind of row wraps
 * keys, but not which key belongs to which row.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pool } from 'pg'
import { readAgeHeader } from '#platform/age/age-header.ts'
import { openChunkBytes } from '#platform/age/open-stream.ts'
import { derivePayloadKey, payloadNonceBytes, sealedChunkBytes } from '#platform/age/seal-stream.ts'
import { unwrapKey } from '#safeguards/keys/wrap.ts'

export interface Loot {
  /** Contents of files of the key store. */
  secrets: readonly Buffer[]
  wrapped: readonly WrappedRow[]
  /** Headers by recording id. */
  headers: ReadonlyMap<string, Buffer>
  bodies: ReadonlyMap<string, Buffer>
}

export interface WrappedRow {
  wrapped: Buffer
  /** Additional authenticated data, from the columns of the same row. */
  purpose: string
}

/** Returns every row that holds a wrapped key at this moment. */
export async function wrappedRows(pool: Pool): Promise<WrappedRow[]> {
  const statements = {
    shard_key: `select wrapped, 'shard ' || to_char(expiry_month, 'YYYY-MM-DD') || ' ' || shard as purpose from shard_key`,
    recording_key: `select wrapped, 'recording ' || recording_id as purpose from recording_key`,
    intake_batch_key: `select wrapped, 'intake batch ' || batch as purpose from intake_batch_key`,
    intake_private_key: `select wrapped, 'intake ' || public_key as purpose from intake_private_key`,
  }
  const found: WrappedRow[] = []
  for (const [table, statement] of Object.entries(statements)) {
    const { rows } = await pool.query<{ there: boolean }>('select to_regclass($1) is not null as there', [table])
    if (rows[0]!.there) found.push(...(await pool.query<WrappedRow>(statement)).rows)
  }
  return found
}

/** Returns the contents of a folder's files. */
export async function filesIn(folder: string): Promise<Buffer[]> {
  return Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))
}

/** Returns the ids of the recordings that open. */
export function openFromImage({ secrets, wrapped, headers, bodies }: Loot): Set<string> {
  const known = new Map(secrets.map((secret) => [secret.toString('hex'), secret]))
  const todo = [...known.values()]
  let closed = [...new Map(wrapped.map((row) => [row.wrapped.toString('hex'), row])).values()]
  for (let secret = todo.pop(); secret; secret = todo.pop()) {
    if (secret.length !== 32) continue
    closed = closed.filter(({ wrapped, purpose }) => {
      const inside = opened(() => unwrapKey(secret, wrapped, purpose))
      if (!inside) return true
      if (!known.has(inside.toString('hex'))) {
        known.set(inside.toString('hex'), inside)
        todo.push(inside)
      }
      return false
    })
  }
  const identities = [...known.values()].map(String).filter((text) => text.startsWith('AGE-SECRET-KEY-1'))
  const fileKeys = [...known.values()].filter(({ length }) => length === 16)
  const openedIds = new Set<string>()
  for (const [id, header] of headers) {
    const fileKey = identities.map((identity) => opened(() => readAgeHeader(header, identity))).find(Boolean)
    if (!fileKey) continue
    openedIds.add(id)
    fileKeys.push(fileKey)
  }
  for (const [id, body] of bodies) {
    if (!openedIds.has(id) && fileKeys.some((fileKey) => opensBody(fileKey, body))) openedIds.add(id)
  }
  return openedIds
}

function opensBody(fileKey: Buffer, body: Buffer): boolean {
  const key = derivePayloadKey(fileKey, body.subarray(0, payloadNonceBytes))
  const first = body.subarray(payloadNonceBytes, payloadNonceBytes + sealedChunkBytes)
  return [true, false].some((final) => opened(() => openChunkBytes(key, 0, final, first)) !== undefined)
}

function opened<Result>(open: () => Result): Result | undefined {
  try {
    return open()
  } catch {
    return undefined
  }
}
