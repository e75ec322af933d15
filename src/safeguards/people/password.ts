import { createHash, randomBytes } from 'node:crypto'
import { hashRaw } from '@node-rs/argon2'

// argon2id with OWASP's parameters (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. Argon2id is the
// library's default algorithm.
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const written = '$argon2id$v=19$m=19456,t=2,p=1$'
const saltBytes = 16

// What is hashed with when the user id is unknown, so that the answer takes as long and tells nothing.
const nobody = newSalt()

/** What is kept of a password: its salt, and the SHA-256 of what argon2id makes of it, which the database compares. */
export interface KeptPassword {
  /** Parameters and salt as in a PHC string. */
  salt: string
  check: Buffer
}

/** A password as it is kept. */
export async function keepPassword(password: string): Promise<KeptPassword> {
  const salt = newSalt()
  return {
    salt,
    check: createHash('sha256')
      .update(await proofOf(password, salt))
      .digest(),
  }
}

/** The proof that somebody has a password: argon2id's output. Takes as long when there is no salt to make it with. */
export function proofOf(password: string, salt: string | null | undefined): Promise<Buffer> {
  return hashRaw(password.normalize('NFKC'), { ...parameters, salt: readSalt(salt ?? nobody) })
}

function newSalt(): string {
  return written + randomBytes(saltBytes).toString('base64')
}

function readSalt(salt: string): Buffer {
  if (!salt.startsWith(written))
    throw new Error('a password was hashed with parameters that this version does not know')
  return Buffer.from(salt.slice(written.length), 'base64')
}
