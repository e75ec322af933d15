import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { strict as assert } from 'node:assert'
import { escapeIdentifier, escapeLiteral } from 'pg'
import { withClient } from './query-once.ts'

const iterations = 4096
const saltBytes = 16
const keyBytes = 32

/**
 * Sets the passwords of roles and lets them sign in. Sends the SCRAM verifier (RFC 5802 section 3), so that no password appears
 * in the server's log or statistics.
 * @param adminUrl of a role that may alter them
 * @param passwords printable ASCII only, as SASLprep is not applied here
 */
export async function setRolePasswords(adminUrl: string, passwords: Readonly<Record<string, string>>): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await client.query('begin')
    for (const [role, password] of Object.entries(passwords)) {
      const verifier = scramVerifier(password, randomBytes(saltBytes))
      await client.query(`alter role ${escapeIdentifier(role)} with login password ${escapeLiteral(verifier)}`)
    }
    await client.query('commit')
  })
}

/** Returns `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`, as in pg_authid. */
export function scramVerifier(password: string, salt: Buffer): string {
  assert.match(password, /^[\x21-\x7e]+$/, 'a role password is printable ASCII')
  const salted = pbkdf2Sync(password, salt, iterations, keyBytes, 'sha256')
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest()
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${hmac('Server Key').toString('base64')}`
}
