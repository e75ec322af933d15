/** Codes that release a one-time link: given to the person by whoever releases it, separately from the link. */
import { createHash, randomInt } from 'node:crypto'

/** Crockford's base32 without ambiguous characters. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const readAs: Record<string, string> = { o: '0', i: '1', l: '1' }
const letters = 10

/** Returns a code of 50 bits, written `k7m2p-0x9qa`; five wrong ones end the link. */
export function newReleaseCode(): { code: string; hash: Buffer } {
  const plain = Array.from({ length: letters }, () => alphabet[randomInt(alphabet.length)]).join('')
  return {
    code: `${plain.slice(0, letters / 2)}-${plain.slice(letters / 2)}`,
    hash: createHash('sha256').update(plain, 'utf8').digest(),
  }
}

/** Normalises a code for comparison, ignoring case, hyphens and blanks. */
export function plainCode(written: string): string {
  return [...written.toLowerCase().replaceAll(/[\s-]/g, '')].map((letter) => readAs[letter] ?? letter).join('')
}
