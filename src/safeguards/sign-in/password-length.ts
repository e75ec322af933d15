/**
 * Lengths of passwords (NIST SP 800-63B-4 section 3.1.1.2). Separate from ./password-rules.ts, which loads a large word list.
 */

/** Least characters for a password as the only factor. */
export const minLengthAlone = 15
/** Least characters with a second factor. */
export const minLengthWithSecondFactor = 8
/** Longest password; at least 64 must be allowed. */
export const greatest = 256

/** Returns true if the password may be the only factor. */
export function isOnlyFactor(password: string): boolean {
  return [...password.normalize('NFKC')].length >= minLengthAlone
}
