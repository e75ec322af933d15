/**
 * How long passwords are (NIST SP 800-63B-4 section 3.1.1.2). Apart from what else is asked of them (./password-rules.ts): that needs
 * a list of those in use, which is read by whoever judges one.
 */

/** Characters where the password is the only factor. */
export const leastAlone = 15
/** Characters where a second factor stands behind it. */
export const leastWithSecondFactor = 8
/** More than the 64 that must be allowed; a sentence of any length that people write. */
export const greatest = 256

/** Whether a password may be somebody's only factor. */
export function standsAlone(password: string): boolean {
  return [...password.normalize('NFKC')].length >= leastAlone
}
