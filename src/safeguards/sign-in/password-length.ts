/**
 * Lengths of passwords (NIST SP 800-63B-4 section 3.1.1.2). Separate from ./password-rules.ts, which loads a large word list.
 */

/** Minimum length of a password as the only factor, in characters. */
export const minLengthAlone = 15
/** Minimum length with a second factor. */
export const minLengthWithSecondFactor = 8
/** Longest password; at least 64 must be allowed. */
export const maxLength = 256

/** Returns true if the password may be the only factor. */
export function isOnlyFactor(password: string): boolean {
  return [...password.normalize('NFKC')].length >= minLengthAlone
}
