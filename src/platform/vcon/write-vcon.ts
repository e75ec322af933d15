/** Writes a vCon in its signed form: a JWS in the general JSON serialization, with the signer's certificate. */
import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto'
import { readVcon } from './read-vcon.ts'
import { selfSigned } from './self-signed.ts'
import type { Vcon } from './vcon-schema.ts'

/** @throws if our own reader would refuse it */
export function writeVcon(vcon: Vcon, { name, privateKey }: { name: string; privateKey: KeyObject }): Buffer {
  const payload = base64url(JSON.stringify(vcon))
  const head = base64url(JSON.stringify({ alg: 'EdDSA' }))
  const signature = sign(null, Buffer.from(`${head}.${payload}`), privateKey).toString('base64url')
  const header = { uuid: vcon.uuid, x5c: [selfSigned(name, privateKey).toString('base64')] }
  const written = Buffer.from(
    `${JSON.stringify({ payload, signatures: [{ header, protected: head, signature }] }, null, 2)}\n`,
  )
  const read = readVcon(written)
  if ('problems' in read)
    throw new Error(`a vCon is not valid: ${read.problems.map(({ where, what }) => `${where} ${what}`).join('; ')}`)
  return written
}

/**
 * Makes a version 8 UUID: 60 random bits, then 62 of the SHA-256 of its maker's name. The draft suggests SHA-1, and a time for
 * the first 48 bits, which would tell when a package was made.
 */
export function vconUuid(maker: string): string {
  const bytes = Buffer.concat([randomBytes(8), createHash('sha256').update(maker).digest().subarray(0, 8)])
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  // The last 62 bits are the hash's first 62.
  const low = (bytes.readBigUInt64BE(8) >> 2n) | (1n << 63n)
  bytes.writeBigUInt64BE(low, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** Returns the draft's form of a SHA-512. */
export function contentHash(sha512: Buffer): string {
  return `sha512-${sha512.toString('base64url')}`
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
