/**
 * Opens an age payload with random access: the reverse of seal-stream.ts.
 * The last chunk is opened first. Only its nonce has the final flag, so this proves the length and detects truncation at a
 * chunk border before any byte is used.
 */
import { createDecipheriv, type KeyObject } from 'node:crypto'
import { AgeFault } from './faults.ts'
import { chunkNonce, derivePayloadKey, payloadNonceBytes, sealedChunkBytes, tagBytes } from './seal-stream.ts'

/** Reads `length` bytes at `position`, or fewer at the end. */
export type ReadRange = (position: number, length: number) => Promise<Buffer>

export type OpenedPayload = {
  /** Number of chunks; each but the last holds 64 KiB of plaintext. */
  chunks: number
  /**
   * Opens chunk `n`.
   * @throws AgeFault `age-chunk-forged`
   */
  openChunk(n: number): Promise<Buffer>
}

/**
 * Opens a payload of `sizeBytes` (nonce included) and proves its length.
 * @throws AgeFault `age-payload-short`, `age-chunk-forged` or `age-last-chunk-empty`
 */
export async function openPayload(fileKey: Uint8Array, sizeBytes: number, read: ReadRange): Promise<OpenedPayload> {
  const sealedBytes = sizeBytes - payloadNonceBytes
  if (sealedBytes < tagBytes) throw new AgeFault('age-payload-short')
  const key = derivePayloadKey(fileKey, await read(0, payloadNonceBytes))
  const chunks = Math.ceil(sealedBytes / sealedChunkBytes)
  const openChunk = async (n: number): Promise<Buffer> => {
    const start = n * sealedChunkBytes
    const sealed = await read(payloadNonceBytes + start, Math.min(sealedChunkBytes, sealedBytes - start))
    return openChunkBytes(key, n, n === chunks - 1, sealed)
  }
  const last = await openChunk(chunks - 1)
  if (last.length === 0 && chunks > 1) throw new AgeFault('age-last-chunk-empty')
  return { chunks, openChunk }
}

/**
 * Opens one sealed chunk.
 * @throws AgeFault `age-chunk-forged` when its number, final flag, bytes or key are wrong
 */
export function openChunkBytes(key: KeyObject, number: number, final: boolean, sealed: Buffer): Buffer {
  const end = sealed.length - tagBytes
  if (end < 0) throw new AgeFault('age-chunk-forged', `chunk ${number}`)
  const decipher = createDecipheriv('chacha20-poly1305', key, chunkNonce(number, final), { authTagLength: tagBytes })
  decipher.setAuthTag(sealed.subarray(end))
  const plaintext = decipher.update(sealed.subarray(0, end))
  try {
    decipher.final()
  } catch (cause) {
    throw new AgeFault('age-chunk-forged', `chunk ${number}`, cause)
  }
  return plaintext
}

/** Opens a whole payload held in memory (an index, say). Throws as {@link openPayload}. */
export async function openWholePayload(fileKey: Uint8Array, payload: Buffer): Promise<Buffer> {
  const read = async (position: number, length: number) => payload.subarray(position, position + length)
  const { chunks, openChunk } = await openPayload(fileKey, payload.length, read)
  const parts: Buffer[] = []
  for (let n = 0; n < chunks; n++) parts.push(await openChunk(n))
  return Buffer.concat(parts)
}
