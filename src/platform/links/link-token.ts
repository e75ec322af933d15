/**
 * Links that are shown once. In: chance. Out: a token of 256 bits for the link, and the hash under which it is known afterwards.
 * Never here: a token that is kept.
 */
import { createHash, randomBytes } from 'node:crypto'

/** 43 characters that stand in an address as they are. */
export function makeLinkToken(): string {
  return randomBytes(32).toString('base64url')
}

/** The hash under which the database knows a link. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
