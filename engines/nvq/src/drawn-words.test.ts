import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Chance } from './chance.ts'
import { codebook } from './codebook.ts'
import { shapeTerms } from './envelope.ts'
import { drawWords } from './drawn-words.ts'

const shapes = codebook()
const chance = new Chance(randomBytes)

test('each track uses some of the codewords, different from those of the next', () => {
  const [one, other] = [drawWords(shapes, chance), drawWords(shapes, chance)]
  expect(one.words.length).toBeLessThan(shapes.words.length)
  expect(one.words.length % shapeTerms).toBe(0)
  expect(one.halves.length).toBe(one.words.length / shapeTerms)
  expect(one.words).not.toEqual(other.words)
})

test('the output for a codeword is moved by less than the distance between sounds', () => {
  const { words, said } = drawWords(shapes, chance)
  let squares = 0
  for (let at = 0; at < words.length; at++) {
    squares += ((said[at]! - words[at]!) / shapes.weights[1 + (at % shapeTerms)]!) ** 2
  }
  // Over all terms, as one term alone is moved by 0.25 to 1.5 deviations at random.
  const deviations = Math.sqrt(squares / words.length)
  expect(deviations).toBeGreaterThan(0.3)
  expect(deviations).toBeLessThan(0.9)
})

test('the loudness of a codeword is the average one, moved slightly', () => {
  const { loudness, halves } = drawWords(shapes, chance)
  expect(loudness.length).toBe(halves.length)
  const far = (levels: Float64Array) => Math.sqrt(levels.reduce((sum, level) => sum + level * level, 0) / levels.length)
  const draws = Array.from({ length: 6 }, () => drawWords(shapes, chance).loudness)
  for (const one of draws) expect(far(one)).toBeGreaterThan(1.5)
  // One draw may move them far: the average ones are 2.2 dB apart, those of a draw 3 on average.
  const mean = draws.reduce((sum, one) => sum + far(one), 0) / draws.length
  expect(mean).toBeGreaterThan(2.3)
  expect(mean).toBeLessThan(4.2)
  expect(far(draws[0]!.map((level, word) => level - draws[1]![word]!))).toBeGreaterThan(1)
})
