/**
 * Seals the payload of an age file (https://age-encryption.org/v1#payload) chunk by chunk: a 16-byte nonce, then sealed chunks
 * of 64 KiB + 16 bytes. open-stream.ts is the reverse.
 * A chunk number is sealed once under a nonce; a payload that is rewritten gets a new nonce.
 */
import { createCipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto'

export const payloadNonceBytes = 16
export const chunkBytes = 65_536
export const tagBytes = 16
export const sealedChunkBytes = chunkBytes + tagBytes

/** Returns the key of one payload: HKDF-SHA-256(file key, salt = the payload's 16-byte nonce, "payload"). */
export function derivePayloadKey(fileKey: Uint8Array, nonce: Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32)))
}

/** Returns the nonce of a chunk: its number in eleven bytes, big-endian, then 1 for the last chunk and 0 for all others. */
export function chunkNonce(number: number, final: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(number, 5, 6)
  nonce[11] = final ? 1 : 0
  return nonce
}

/** Seals chunk `number`. Chunks before the last are exactly 64 KiB; the last has 1 byte to 64 KiB. */
export function sealChunk(key: KeyObject, number: number, final: boolean, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, chunkNonce(number, final), { authTagLength: tagBytes })
  const text = cipher.update(plaintext)
  cipher.final()
  return Buffer.concat([text, cipher.getAuthTag()], text.length + tagBytes)
}

/** Seals a whole small payload (an index, say) under a fresh nonce. */
export function sealPayload(fileKey: Uint8Array, plaintext: Uint8Array, nonce: Buffer = randomBytes(16)): Buffer {
  const key = derivePayloadKey(fileKey, nonce)
  const parts = [nonce]
  const last = Math.max(0, Math.ceil(plaintext.length / chunkBytes) - 1)
  for (let n = 0; n <= last; n++) {
    parts.push(sealChunk(key, n, n === last, plaintext.subarray(n * chunkBytes, (n + 1) * chunkBytes)))
  }
  return Buffer.concat(parts)
}

/** Seals a payload that comes in parts of any length, under a fresh nonce: the nonce, then chunk after chunk. */
export async function* sealParts(fileKey: Uint8Array, parts: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const nonce = randomBytes(payloadNonceBytes)
  const key = derivePayloadKey(fileKey, nonce)
  yield nonce
  let number = 0
  let waiting = Buffer.alloc(0)
  for await (const part of parts) {
    waiting = Buffer.concat([waiting, part])
    // Only the last chunk has the final flag, so a full chunk waits until more data follow.
    for (; waiting.length > chunkBytes; waiting = waiting.subarray(chunkBytes)) {
      yield sealChunk(key, number++, false, waiting.subarray(0, chunkBytes))
    }
  }
  yield sealChunk(key, number, true, waiting)
}
