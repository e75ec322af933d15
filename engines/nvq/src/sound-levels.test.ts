import { expect, test } from 'vitest'
import { codebook } from './codebook.ts'
import { soundLevelData } from './sound-level-data.ts'
import { soundLevels, writeSoundLevels } from './sound-levels.ts'

test('each codeword has a level, read as written', () => {
  expect(soundLevels().length).toBe(codebook().halves.length)
  expect(writeSoundLevels(soundLevels())).toBe(soundLevelData)
})

test('values beyond the range of a byte are clamped', () => {
  expect(Buffer.from(writeSoundLevels([100, -100]), 'base64')).toEqual(Buffer.from([127, 256 - 127]))
})

test('sounds are some dB apart, around the middle of speech', () => {
  const rising = soundLevels().toSorted()
  expect(rising[0]).toBeLessThan(-3)
  expect(rising.at(-1)).toBeGreaterThan(3)
  expect(Math.abs(rising[256]!)).toBeLessThan(1)
})
