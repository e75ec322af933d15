import { expect, test } from 'vitest'
import { makePassphrase, passphraseBits } from './passphrase.ts'

test('a passphrase has at least 80 random bits, in letters of every keyboard', () => {
  expect(passphraseBits).toBeGreaterThanOrEqual(80)
  const passphrases = Array.from({ length: 2_000 }, makePassphrase)
  expect(new Set(passphrases).size).toBe(passphrases.length)
  for (const passphrase of passphrases)
    expect(passphrase).toMatch(/^([hjklmnprstv][aeiou][hjklmnprstv][aeiou]-){6}\w{4}$/)
})
