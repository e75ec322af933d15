import { createCipheriv } from 'node:crypto'
import type { MasterKey } from './suites.ts'

/** RFC 3711 section 4.3.2. SRTCP's labels are these plus three. */
const labels = { encryption: 0, authentication: 1, salt: 2 } as const
const authenticationBytes = 20

export interface SessionKeys {
  encryption: Buffer
  authentication: Buffer
  salt: Buffer
}

/** Returns the session keys of a master key for RTP or RTCP, derived once (key derivation rate 0). */
export function deriveSessionKeys({ suite, secret }: MasterKey, kind: 'rtp' | 'rtcp'): SessionKeys {
  const bytes = secret.export()
  const key = bytes.subarray(0, suite.keyBytes)
  const salt = bytes.subarray(suite.keyBytes)
  const first = kind === 'rtp' ? 0 : 3
  const keys = {
    encryption: deriveKey(key, salt, first + labels.encryption, suite.keyBytes),
    authentication: deriveKey(key, salt, first + labels.authentication, authenticationBytes),
    salt: deriveKey(key, salt, first + labels.salt, suite.saltBytes),
  }
  bytes.fill(0)
  return keys
}

/**
 * Pseudo-random function of RFC 3711 section 4.3.3, or with a 32-byte key that of RFC 6188 section 3. Returns `bytes` bytes of
 * AES in counter mode. A 12-byte salt is padded with zeros (RFC 7714 section 11).
 */
export function deriveKey(key: Uint8Array, salt: Uint8Array, label: number, bytes: number): Buffer {
  const counter = Buffer.alloc(16)
  counter.set(salt)
  counter[7]! ^= label
  return createCipheriv(`aes-${key.length * 8}-ctr`, key, counter).update(Buffer.alloc(bytes))
}
