import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chanceFrom } from '#test/disclosure/spoken/labelled-calls.ts'
import {
  inventedBusinessId,
  inventedIban,
  inventedIdentityCode,
  inventedPersonnummer,
} from '#test/disclosure/spoken/invented-people.ts'
import { holdsIban, holdsIdentityCode, holdsPersonnummer, isBusinessId } from './check-codes.ts'

const seeds = fc.integer({ min: 0, max: 1_000_000 })
const bare = (code: string) => code.replace(/[^\p{L}\d]/gu, '')

test('a Finnish identity code is recognised by its check character, with any separator or none', () => {
  for (const separator of ['-', '+', ...'ABCDEFUVWXY']) {
    expect(holdsIdentityCode(bare(`131052${separator}308T`))).toBe(true)
    expect(holdsIdentityCode(bare(`131052${separator}308S`))).toBe(false)
  }
  expect(holdsIdentityCode('451052308T')).toBe(false)
})

test('each kind of code is recognised as its own kind, and not with one digit changed', () => {
  const kinds: [(chance: () => number) => string, (symbols: string) => boolean][] = [
    [inventedIdentityCode, holdsIdentityCode],
    [inventedPersonnummer, holdsPersonnummer],
    [inventedBusinessId, isBusinessId],
    [inventedIban, holdsIban],
  ]
  fc.assert(
    fc.property(seeds, fc.constantFrom(...kinds), fc.nat(), (seed, [invent, knows], position) => {
      const code = bare(invent(chanceFrom(seed)))
      expect(knows(code)).toBe(true)
      const digits = [...code.matchAll(/\d/g)].map(({ index }) => index)
      const at = digits[position % digits.length]!
      const changed = code.slice(0, at) + String((Number(code[at]) + 1) % 10) + code.slice(at + 1)
      expect(knows(changed)).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('an IBAN is recognised with and without its letters, and a Swedish code with and without its century', () => {
  expect(holdsIban('2112345600000785')).toBe(true)
  expect(holdsIban('FI2112345600000785')).toBe(true)
  expect(holdsIban('GB82WEST12345698765432')).toBe(true)
  expect(holdsPersonnummer('198112189876')).toBe(true)
  expect(holdsPersonnummer('8112189876')).toBe(true)
})
