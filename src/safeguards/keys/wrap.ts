import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

/**
 * Wraps a key under another with AES-256-GCM, bound to its purpose.
 * @param kek 32 bytes
 * @param purpose associated data: a wrapped key in another's place does not open
 * @returns nonce (12 bytes), wrapped key, tag (16 bytes)
 */
export function wrapKey(kek: Buffer, key: Buffer, purpose: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', kek, nonce).setAAD(Buffer.from(purpose))
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()])
}

/** Wraps a wrapped key under another key-encrypting key. */
export function rewrapKey(from: Buffer, to: Buffer, wrapped: Buffer, purpose: string): Buffer {
  const key = unwrapKey(from, wrapped, purpose)
  try {
    return wrapKey(to, key, purpose)
  } finally {
    key.fill(0)
  }
}

/** Unwraps a key; throws if the key-encrypting key, the purpose or a bit is wrong. */
export function unwrapKey(kek: Buffer, wrapped: Buffer, purpose: string): Buffer {
  const tagAt = wrapped.length - tagBytes
  const decipher = createDecipheriv('aes-256-gcm', kek, wrapped.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(purpose))
    .setAuthTag(wrapped.subarray(tagAt))
  return Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, tagAt)), decipher.final()])
}
