/** Codes that are used once, in lower case; the database has their hashes. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { codeOf, inGroups, readCode } from '#platform/links/typed-code.ts'

/**
 * Returns ten recovery codes for a lost authenticator, of 75 bits, written `k7m2p-0x9qa-4tz8v`: look-up secrets (NIST SP
 * 800-63B-4 section 3.1.2), shown once.
 */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: 10 }, () => inGroups(codeOf(randomBytes(15)).toLowerCase(), 5))
}

/** Returns the stored hash of a recovery code, however written. */
export function recoveryHash(key: Buffer, written: string): Buffer {
  return createHmac('sha256', key).update(plainCode(written)).digest()
}

/**
 * Returns a code of 50 bits, written `k7m2p-0x9qa`, that releases a one-time link: whoever releases it gives the code to the
 * person separately. Five wrong ones end the link.
 */
export function newReleaseCode(): { code: string; hash: Buffer } {
  const plain = codeOf(randomBytes(10)).toLowerCase()
  return { code: inGroups(plain, 5), hash: createHash('sha256').update(plain).digest() }
}

/** Normalises a code, however written. */
export function plainCode(written: string): string {
  return readCode(written).toLowerCase()
}
