import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Chance } from './chance.ts'
import { codebook } from './codebook.ts'
import { shapeTerms } from './envelope.ts'
import { addStrangersAccent } from './strangers-accent.ts'

const shapes = codebook()
const { weights, words } = shapes
const all = Array.from({ length: words.length / shapeTerms }, (_, word) => word)
const chance = new Chance(randomBytes)
const moved = () => {
  const said = words.slice()
  addStrangersAccent(all, said, shapes, chance)
  return said.map((value, at) => (value - words[at]!) / weights[1 + (at % shapeTerms)]!)
}

test('neighbouring sounds move together, differently for each track', () => {
  const [one, other] = [moved(), moved()]
  const product = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * b[at]!, 0)
  const likeness = (a: Float32Array, b: Float32Array) => product(a, b) / Math.sqrt(product(a, a) * product(b, b))
  expect(Math.abs(likeness(one, other))).toBeLessThan(0.9)
  const rowOf = (from: Float32Array, word: number) => from.subarray(word * shapeTerms, (word + 1) * shapeTerms)
  // The nearest other word of some words, and a randomly picked one.
  let [near, far] = [0, 0]
  for (let word = 0; word < 512; word += 16) {
    const distance = (place: number) =>
      rowOf(words, word).reduce((sum, value, term) => sum + (value - rowOf(words, place)[term]!) ** 2, 0)
    const others = all.filter((place) => place !== word)
    const nearest = others.reduce((a, b) => (distance(b) < distance(a) ? b : a))
    near += likeness(rowOf(one, word), rowOf(one, nearest)) / 32
    far += likeness(rowOf(one, word), rowOf(one, (word + 256) % 512)) / 32
  }
  expect(near).toBeGreaterThan(far + 0.1)
})

test('over many draws an accent moves a sound as intended: more than persons differ, and less than sounds do', () => {
  const squares = Array.from({ length: 20 }, moved).map(
    (by) => by.reduce((sum, value) => sum + value ** 2, 0) / by.length,
  )
  const deviations = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length)
  expect(deviations).toBeGreaterThan(0.2)
  expect(deviations).toBeLessThan(0.6)
})
