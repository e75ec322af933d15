import { expect, test } from 'vitest'
import { newRecoveryCodes, recoveryHash } from './one-time-codes.ts'
import { newTotpSecret, stepOfCode, totpUri, writtenSecret } from './totp.ts'

const at = (seconds: number) => Temporal.Instant.fromEpochMilliseconds(seconds * 1000)

// RFC 6238 appendix B, SHA-1: Seloste's six digits are the last of the eight there.
const secret = Buffer.from('12345678901234567890')
test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('the code of RFC 6238 at %i s', (seconds, code) => {
  expect(stepOfCode(secret, code, at(seconds))).toBe(Math.floor(seconds / 30))
})

test('a code is valid one step before and after its own, and no longer', () => {
  const step = Math.floor(1_111_111_111 / 30)
  for (const off of [-1, 0, 1]) expect(stepOfCode(secret, '050471', at(1_111_111_111 + off * 30))).toBe(step)
  for (const off of [-2, 2]) expect(stepOfCode(secret, '050471', at(1_111_111_111 + off * 30))).toBeUndefined()
})

test('blanks are ignored, and only six digits are a code', () => {
  expect(stepOfCode(secret, ' 050 471 ', at(1_111_111_111))).toBeDefined()
  for (const wrong of ['', '50471', '0050471', '05047a', '٠٥٠٤٧١', '050471\0', '-50471']) {
    expect(stepOfCode(secret, wrong, at(1_111_111_111)), wrong).toBeUndefined()
  }
})

test('a secret is 160 random bits, written in base32 and as otpauth://', () => {
  const [one, other] = [newTotpSecret(), newTotpSecret()]
  expect(one).toHaveLength(20)
  expect(one.equals(other)).toBe(false)
  expect(writtenSecret(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  const uri = new URL(totpUri(secret, 'Seloste, Verohallinto', 'aino.virtanen'))
  expect(uri.protocol + '//' + uri.host).toBe('otpauth://totp')
  expect(uri.searchParams.get('secret')).toBe(writtenSecret(secret))
  expect(uri.searchParams.get('issuer')).toBe('Seloste, Verohallinto')
  expect(decodeURIComponent(uri.pathname)).toContain('aino.virtanen')
})

test('recovery codes are ten, of 75 bits, independent of case and hyphens', () => {
  const codes = newRecoveryCodes()
  expect(new Set(codes).size).toBe(10)
  for (const code of codes) expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{5}(-[0-9a-hjkmnp-tv-z]{5}){2}$/)
  const key = Buffer.alloc(32, 1)
  const [code = ''] = codes
  const stored = recoveryHash(key, code)
  expect(recoveryHash(key, code.toUpperCase().replaceAll('-', ' '))).toEqual(stored)
  expect(recoveryHash(key, '0o1il')).toEqual(recoveryHash(key, '00111'))
  expect(recoveryHash(Buffer.alloc(32, 2), code)).not.toEqual(stored)
})
