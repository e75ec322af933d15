/**
 * Verifies one-time codes of an authenticator (RFC 6238: SHA-1, six digits, thirty seconds, which every authenticator
 * supports). Returns the time step of a code. The caller checks that the code was not used before.
 */
import { Secret, TOTP } from 'otpauth'

/** RFC 4226 section 4 recommends 160 bits. */
const secretBytes = 20
const stepMs = 30_000
/** Accepted time steps before and after the present one: clocks differ and typing takes time (RFC 6238 section 5.2). */
const window = 1

/** Returns a new secret. */
export function newTotpSecret(): Buffer {
  return Buffer.from(new Secret({ size: secretBytes }).bytes)
}

/** Returns a secret as people type it: base32. */
export function writtenSecret(secret: Buffer): string {
  return secretOf(secret).base32
}

/** Returns the otpauth:// URI of a secret, for a QR code. */
export function totpUri(secret: Buffer, issuer: string, userId: string): string {
  return new TOTP({ issuer, label: userId, secret: secretOf(secret) }).toString()
}

/** Returns the time step around `now` to which the code belongs; undefined if it belongs to none. Ignores blanks. */
export function stepOfCode(secret: Buffer, written: string, now: Temporal.Instant): number | undefined {
  const token = written.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const delta = new TOTP({ secret: secretOf(secret) }).validate({ token, timestamp: now.epochMilliseconds, window })
  return delta === null ? undefined : Math.floor(now.epochMilliseconds / stepMs) + delta
}

function secretOf(secret: Buffer): Secret {
  return new Secret({ buffer: Uint8Array.from(secret).buffer })
}
