import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Chance } from './chance.ts'
import { codebook, shapeTerms } from './codebook.ts'
import { drawWords } from './drawn-words.ts'

const shapes = codebook()
const chance = new Chance(randomBytes)

test('each track looks up some of the codewords, and has other ones than the next', () => {
  const [one, other] = [drawWords(shapes, chance), drawWords(shapes, chance)]
  expect(one.words.length).toBeLessThan(shapes.words.length)
  expect(one.words.length % shapeTerms).toBe(0)
  expect(one.halves.length).toBe(one.words.length / shapeTerms)
  expect(one.words).not.toEqual(other.words)
})

test('what is said for a codeword is moved, by less than sounds lie apart', () => {
  const { words, said } = drawWords(shapes, chance)
  let squares = 0
  for (let at = 0; at < words.length; at++) {
    squares += ((said[at]! - words[at]!) / shapes.weights[1 + (at % shapeTerms)]!) ** 2
  }
  // Over all terms: one term alone is moved by 0.25 to 1.5 deviations, as it is drawn.
  const deviations = Math.sqrt(squares / words.length)
  expect(deviations).toBeGreaterThan(0.3)
  expect(deviations).toBeLessThan(0.9)
})
