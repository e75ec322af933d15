/**
 * Crypto-suites of session descriptions (RFC 4568 section 6.2, RFC 6188, RFC 7714 section 14.2).
 * This folder implements SRTP and SRTCP (RFC 3711, RFC 6188, RFC 7714) in place: it decrypts packets with a client's key and
 * encrypts our reports with our own key. No byte is used before its packet is authenticated, no packet is opened twice, and
 * keys never appear in messages or files.
 */
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'

export interface Suite {
  readonly mode: 'counter' | 'gcm'
  readonly keyBytes: 16 | 32
  readonly saltBytes: 12 | 14
  /** Bytes of the authentication tag of an RTP packet, and of an RTCP packet. The short tag is for RTP only. */
  readonly tagBytes: 4 | 10 | 16
  readonly rtcpTagBytes: 10 | 16
}

const counter = { mode: 'counter', saltBytes: 14, rtcpTagBytes: 10 } as const
const gcm = { mode: 'gcm', saltBytes: 12, tagBytes: 16, rtcpTagBytes: 16 } as const

const suites: Readonly<Record<string, Suite>> = {
  AES_CM_128_HMAC_SHA1_80: { ...counter, keyBytes: 16, tagBytes: 10 },
  AES_CM_128_HMAC_SHA1_32: { ...counter, keyBytes: 16, tagBytes: 4 },
  AES_256_CM_HMAC_SHA1_80: { ...counter, keyBytes: 32, tagBytes: 10 },
  AES_256_CM_HMAC_SHA1_32: { ...counter, keyBytes: 32, tagBytes: 4 },
  // Names in the drafts of RFC 6188, which FreeSWITCH still uses.
  AES_CM_256_HMAC_SHA1_80: { ...counter, keyBytes: 32, tagBytes: 10 },
  AES_CM_256_HMAC_SHA1_32: { ...counter, keyBytes: 32, tagBytes: 4 },
  AEAD_AES_128_GCM: { ...gcm, keyBytes: 16 },
  AEAD_AES_256_GCM: { ...gcm, keyBytes: 32 },
}

/** Returns the suite of a name in a session description, in any case; undefined if unsupported. */
export function suiteNamed(name: string): Suite | undefined {
  const key = name.toUpperCase()
  return Object.hasOwn(suites, key) ? suites[key] : undefined
}

/** Master key of a suite. A KeyObject does not reveal its bytes when printed or written as JSON. */
export interface MasterKey {
  readonly suite: Suite
  /** The master key followed by the master salt. */
  readonly secret: KeyObject
  /** The master key identifier in packets, if any (RFC 3711 section 3.1). */
  readonly mki?: Uint8Array
}

/** Returns a random key of our own. */
export function makeMasterKey(suite: Suite): MasterKey {
  const bytes = randomBytes(suite.keyBytes + suite.saltBytes)
  const secret = createSecretKey(bytes)
  bytes.fill(0)
  return { suite, secret }
}

export function isSameKey(one: MasterKey, other: MasterKey): boolean {
  return one.suite === other.suite && one.secret.equals(other.secret) && sameMki(one.mki, other.mki)
}

function sameMki(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one === undefined || other === undefined ? one === other : Buffer.compare(one, other) === 0
}
