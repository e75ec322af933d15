/**
 * Opening: the mirror image of seal-stream.ts, with seek.
 *
 * In: a file key and a way to read bytes of the payload. Out: any chunk, alone.
 * Never here: a byte that was not authenticated. The last chunk is opened first: only it carries the final flag in its
 * nonce, so that opening it proves the length, and a payload cut at a chunk border is noticed before anything is used.
 */
import { createDecipheriv, type KeyObject } from 'node:crypto'
import { AgeFault } from './faults.ts'
import { chunkNonce, derivePayloadKey, payloadNonceBytes, sealedChunkBytes, tagBytes } from './seal-stream.ts'

/** Reads `length` bytes at `position`, or fewer at the end. */
export type ReadRange = (position: number, length: number) => Promise<Buffer>

export type OpenedPayload = {
  /** How many chunks there are; each but the last holds 64 KiB of plaintext. */
  chunks: number
  /** Opens chunk `n`. Throws `age-chunk-forged`. */
  openChunk(n: number): Promise<Buffer>
}

/**
 * Opens a payload of `sizeBytes` (nonce included) and proves its length.
 * Throws `age-payload-short`, `age-chunk-forged` or `age-last-chunk-empty`.
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

/** Opens one sealed chunk. Throws `age-chunk-forged` when its number, its final flag, its bytes or the key are wrong. */
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
