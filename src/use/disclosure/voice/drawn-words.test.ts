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
  const moved = [0, 1, 2, 3].map((term) => {
    let squares = 0
    for (let at = term; at < words.length; at += shapeTerms) squares += (said[at]! - words[at]!) ** 2
    return Math.sqrt((squares * shapeTerms) / words.length) / shapes.weights[term + 1]!
  })
  for (const deviations of moved) {
    expect(deviations).toBeGreaterThan(0.05)
    expect(deviations).toBeLessThan(0.9)
  }
})
