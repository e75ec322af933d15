/**
 * SRTP and SRTCP (RFC 3711, RFC 6188, RFC 7714): opens what arrives under a client's key, seals our reports under ours.
 *
 * In: datagrams, master keys. Out: plain RTP and RTCP in the same bytes, or that they are not authentic. Never here: a
 * byte believed before its packet is authenticated, a packet opened twice, a key in a message or in a file.
 *
 * This file: the crypto-suites of session descriptions (RFC 4568 section 6.2, RFC 6188, RFC 7714 section 14.2).
 */
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'

export interface Suite {
  readonly mode: 'counter' | 'gcm'
  readonly keyBytes: 16 | 32
  readonly saltBytes: 12 | 14
  /** Bytes of the authentication tag of an RTP packet, and of an RTCP packet: the short tag is for RTP alone. */
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
  // As RFC 6188's drafts wrote them, and FreeSWITCH still does.
  AES_CM_256_HMAC_SHA1_80: { ...counter, keyBytes: 32, tagBytes: 10 },
  AES_CM_256_HMAC_SHA1_32: { ...counter, keyBytes: 32, tagBytes: 4 },
  AEAD_AES_128_GCM: { ...gcm, keyBytes: 16 },
  AEAD_AES_256_GCM: { ...gcm, keyBytes: 32 },
}

/** By its name in a session description, in any case; nothing for one that we do not speak. */
export function suiteNamed(name: string): Suite | undefined {
  const known = name.toUpperCase()
  return Object.hasOwn(suites, known) ? suites[known] : undefined
}

/** A key of a suite. A KeyObject shows its bytes to nobody who prints it or writes it as JSON. */
export interface MasterKey {
  readonly suite: Suite
  /** The master key and behind it the master salt. */
  readonly secret: KeyObject
  /** The master key identifier that packets carry, where they do (RFC 3711 section 3.1). */
  readonly mki?: Uint8Array
}

/** One of our own. */
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
