/**
 * Recovery codes for a lost authenticator: look-up secrets (NIST SP 800-63B-4 section 3.1.2), shown once and stored as hashes.
 */
import { createHmac, randomInt } from 'node:crypto'

const codes = 10
const groups = 3
const lettersInGroup = 5
/** Crockford's base32 without ambiguous characters. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const readAs: Record<string, string> = { o: '0', i: '1', l: '1' }

/** Returns ten codes of 75 bits, written `k7m2p-0x9qa-4tz8v`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: codes }, () =>
    Array.from({ length: groups }, () =>
      Array.from({ length: lettersInGroup }, () => alphabet[randomInt(alphabet.length)]).join(''),
    ).join('-'),
  )
}

/** Returns the stored hash of a code, ignoring case and hyphens. */
export function recoveryHash(key: Buffer, written: string): Buffer {
  const plain = [...written.toLowerCase().replaceAll(/[\s-]/g, '')].map((letter) => readAs[letter] ?? letter).join('')
  return createHmac('sha256', key).update(plain, 'utf8').digest()
}
