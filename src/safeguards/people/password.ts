import { createHash, randomBytes } from 'node:crypto'
import { hashRaw } from '@node-rs/argon2'

/** Cost of argon2id: memory in KiB, passes, lanes. */
export interface HashCost {
  memoryCost: number
  timeCost: number
  parallelism: number
}

// argon2id with OWASP's parameters (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. Argon2id is the library's
// default.
const costNow: HashCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const saltBytes = 16
const saltShape = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]{22}==)$/

// Salt for unknown user ids, so that the answer takes as long.
const saltOfUnknown = newSalt()

/** Stored form of a password: its salt, and SHA-256 of argon2id's output, which the database compares. */
export interface StoredPassword {
  /** Parameters and salt as in a PHC string. */
  salt: string
  check: Buffer
}

/** Returns the stored form. Each password keeps the cost it was hashed at, so that a new cost locks nobody out. */
export async function hashPassword(password: string, cost = costNow): Promise<StoredPassword> {
  const salt = newSalt(cost)
  return {
    salt,
    check: createHash('sha256')
      .update(await proofOf(password, salt))
      .digest(),
  }
}

/** Returns the proof of a password: argon2id's output. Takes as long without a salt. */
export function proofOf(password: string, salt: string | null | undefined): Promise<Buffer> {
  return hashRaw(password.normalize('NFKC'), readSalt(salt ?? saltOfUnknown))
}

function newSalt({ memoryCost, timeCost, parallelism }: HashCost = costNow): string {
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$` + randomBytes(saltBytes).toString('base64')
}

function readSalt(salt: string): HashCost & { salt: Buffer } {
  const [, memoryCost, timeCost, parallelism, bytes] = saltShape.exec(salt) ?? []
  if (bytes === undefined) throw new Error('a password was hashed in a way that this version does not know')
  return {
    memoryCost: Number(memoryCost),
    timeCost: Number(timeCost),
    parallelism: Number(parallelism),
    salt: Buffer.from(bytes, 'base64'),
  }
}
