import { expect, test } from 'vitest'
import { accentData } from './accent-data.ts'
import { readAccents, sharesOfClasses, writeAccents } from './accents.ts'
import { codebook } from './codebook.ts'
import { shapeTerms } from './envelope.ts'

const { weights, words } = codebook()
const known = readAccents(accentData, weights)

test('there are accents in sixteen directions of 48 classes of sounds, read as written', () => {
  expect(known.centres.length).toBe(48 * shapeTerms)
  expect(known.directions.length).toBe(16)
  expect(writeAccents(known, weights)).toEqual(accentData)
})

test('people differ less than sounds do, and most in the first direction', () => {
  const sizes = known.directions.map((direction) =>
    Math.sqrt(
      direction.reduce((sum, value, at) => sum + (value / weights[1 + (at % shapeTerms)]!) ** 2, 0) / direction.length,
    ),
  )
  expect(sizes[0]).toBe(Math.max(...sizes))
  expect(sizes[0]).toBeGreaterThan(0.05)
  expect(sizes[0]).toBeLessThan(0.3)
})

test('a sound belongs most to its nearest class, and its shares add up to one', () => {
  for (const word of [7, 200, 480]) {
    const row = words.subarray(word * shapeTerms, (word + 1) * shapeTerms)
    const distance = (place: number) =>
      row.reduce((sum, value, term) => sum + (value - known.centres[place * shapeTerms + term]!) ** 2, 0)
    const shares = sharesOfClasses(known, row)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
    const places = [...shares.keys()]
    expect(shares.indexOf(Math.max(...shares))).toBe(places.reduce((a, b) => (distance(b) < distance(a) ? b : a)))
  }
})
