import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareWords, wordsOfText } from './compare-words.ts'

test('replaced, missing and added words are counted, without case and punctuation', () => {
  const said = wordsOfText('Hyvää päivää. Veroprosentti nousee kahdella yksiköllä!')
  expect(said).toEqual(['hyvää', 'päivää', 'veroprosentti', 'nousee', 'kahdella', 'yksiköllä'])
  expect(compareWords(said, ['hyvää', 'Päivää,', 'nousee', 'kahdelle', 'yksiköllä', 'kiitos'])).toEqual({
    ...{ said: 6, replaced: 1, missing: 1, added: 1 },
    areRight: [true, true, true, false, true, false],
  })
})

test('the counts add up, and equal texts have no errors', () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })
  fc.assert(
    fc.property(words, words, (said, found) => {
      const { replaced, missing, added, areRight } = compareWords(said, found)
      const right = areRight.filter(Boolean).length
      expect(right + replaced + missing).toBe(said.length)
      expect(right + replaced + added).toBe(found.length)
      expect(replaced + missing + added).toBeLessThanOrEqual(Math.max(said.length, found.length))
      expect(compareWords(said, said).areRight.every(Boolean)).toBe(true)
    }),
  )
})
