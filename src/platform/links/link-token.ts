/** Tokens of links, sessions and browsers: 256 random bits, of which only the hash is stored. */
import { createHash, randomBytes } from 'node:crypto'

/** Returns 43 URL-safe characters. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Returns the hash under which the database stores a token. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
