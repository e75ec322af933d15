import { expect, test } from 'vitest'
import { codebook } from './codebook.ts'
import { soundLevelData } from './sound-level-data.ts'
import { soundLevels, writeSoundLevels } from './sound-levels.ts'

test('each codeword has a level, and they are what was written', () => {
  expect(soundLevels().length).toBe(codebook().halves.length)
  expect(writeSoundLevels(soundLevels())).toBe(soundLevelData)
})

test('what lies too far out for a byte comes to lie at its end', () => {
  expect(Buffer.from(writeSoundLevels([100, -100]), 'base64')).toEqual(Buffer.from([127, 256 - 127]))
})

test('sounds lie some dB apart, about the middle of speech', () => {
  const rising = soundLevels().toSorted()
  expect(rising[0]).toBeLessThan(-3)
  expect(rising.at(-1)).toBeGreaterThan(3)
  expect(Math.abs(rising[256]!)).toBeLessThan(1)
})
