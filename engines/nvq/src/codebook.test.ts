import { expect, test } from 'vitest'
import { spokenDialogue } from '../../../test/disclosure/spoken-sound.ts'
import { analyse } from './analysis.ts'
import { codebook, Nearest, writeCodebook } from './codebook.ts'
import { bandCount, shapeTerms } from './envelope.ts'
import { findTractFactor } from './vocal-tract.ts'

const shapes = codebook()

test('the codebook has 512 shapes and at least eight strangers, read as written', () => {
  expect(shapes.words.length).toBe(512 * shapeTerms)
  expect(shapes.strangers.length).toBeGreaterThanOrEqual(8)
  const again = writeCodebook(shapes.words, shapes.weights, shapes.strangers)
  const words = Buffer.from(again.words, 'base64')
  expect(words.length).toBe(512 * shapeTerms)
  expect(Buffer.from(again.strangers, 'base64').length).toBe(shapes.strangers.length * bandCount * 4)
  for (const { deviation } of shapes.strangers) expect(deviation.every((value) => value > 0)).toBe(true)
})

test('the nearest shapes are those that an exhaustive search finds, nearest first', () => {
  const nearest = new Nearest(4, shapes.words, shapes.halves)
  for (const word of [3, 100, 511]) {
    const row = Float64Array.from(shapes.words.subarray(word * shapeTerms, (word + 1) * shapeTerms), (value, term) =>
      term === 0 ? value + 0.1 : value,
    )
    nearest.find(row)
    const all = Array.from({ length: 512 }, (_, place) => {
      let sum = 0
      for (let term = 0; term < shapeTerms; term++) sum += (shapes.words[place * shapeTerms + term]! - row[term]!) ** 2
      return { place, sum }
    }).sort((a, b) => a.sum - b.sum)
    expect([...nearest.places]).toEqual(all.slice(0, 4).map(({ place }) => place))
    for (let at = 0; at < 4; at++) expect(nearest.distances[at]).toBeCloseTo(all[at]!.sum, 4)
  }
})

test('a voice with all formants raised by a seventh is recognised as a shorter vocal tract', () => {
  const spoken = spokenDialogue('car-tax').subarray(0, 16_000 * 4)
  const higher = Int16Array.from({ length: Math.floor(spoken.length / 1.14) }, (_, n) => {
    const at = n * 1.14
    const whole = Math.floor(at)
    return spoken[whole]! + (spoken[whole + 1]! - spoken[whole]!) * (at - whole)
  })
  const factorOf = (samples: Int16Array) => findTractFactor(analyse({ samples, redacted: [] }), shapes)
  expect(factorOf(higher) / factorOf(spoken)).toBeGreaterThan(1.04)
})
