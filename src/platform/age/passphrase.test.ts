import { expect, test } from 'vitest'
import { makePassphrase, passphraseBits } from './passphrase.ts'

test('a passphrase has at least 80 random bits, in letters of every keyboard', () => {
  expect(passphraseBits).toBeGreaterThanOrEqual(80)
  const made = Array.from({ length: 2_000 }, makePassphrase)
  expect(new Set(made).size).toBe(made.length)
  for (const one of made) expect(one).toMatch(/^([hjklmnprstv][aeiou][hjklmnprstv][aeiou]-){6}\w{4}$/)
})
