/** Codes that people copy by hand, in Crockford's base 32: without I, L, O and U, which are taken for others. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Returns a letter for each byte; for a random byte each letter is equally likely. */
export function codeOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join('')
}

/** Returns a code in groups of letters: `7K2M9-QXW4T`. */
export function inGroups(code: string, size: number): string {
  return code.match(new RegExp(`.{1,${size}}`, 'g'))!.join('-')
}

/** Normalises a code as people write it: in any case, with blanks or hyphens, O for 0, I and L for 1. */
export function readCode(written: string): string {
  return written.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
}
