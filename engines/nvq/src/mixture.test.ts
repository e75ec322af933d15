import { expect, test } from 'vitest'
import { codebook } from './codebook.ts'
import { shapeTerms } from './envelope.ts'
import { Mixture, nearestWords } from './mixture.ts'

test('a frame is a mixture of its nearest codewords, mostly the nearest, with shares adding up to one', () => {
  const { words, halves } = codebook()
  const mixture = new Mixture(words, halves)
  for (const word of [3, 77, 400]) {
    mixture.find(Float64Array.from(words.subarray(word * shapeTerms, (word + 1) * shapeTerms)))
    expect(mixture.words[0]).toBe(word)
    expect(new Set(mixture.words).size).toBe(nearestWords)
    const shares = [...mixture.shares]
    expect(shares).toEqual(shares.toSorted((one, other) => other - one))
    expect(shares[0]).toBeGreaterThan(1.5 * shares.at(-1)!)
    expect(shares[0]).toBeLessThan(1)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
  }
})
