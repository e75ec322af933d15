/** Clusters rows into a codebook. */
import { halfSquares, Nearest } from '../src/codebook.ts'
import { shapeTerms } from '../src/envelope.ts'
import type { Seeded } from './seeded.ts'

/** Lloyd's algorithm from random rows; a codeword without any row restarts at a random row. */
export function cluster(rows: Float32Array, count: number, rounds: number, chance: Seeded): Float32Array {
  const rowCount = rows.length / shapeTerms
  const words = new Float32Array(count * shapeTerms)
  const reseed = (word: number) => {
    const row = Math.floor(chance.uniform() * rowCount) * shapeTerms
    words.set(rows.subarray(row, row + shapeTerms), word * shapeTerms)
  }
  for (let word = 0; word < count; word++) reseed(word)
  for (let round = 0; round < rounds; round++) {
    const nearest = new Nearest(1, words, halfSquares(words))
    const sums = new Float64Array(words.length)
    const counts = new Uint32Array(count)
    const row = new Float64Array(shapeTerms)
    let total = 0
    for (let at = 0; at < rows.length; at += shapeTerms) {
      row.set(rows.subarray(at, at + shapeTerms))
      nearest.find(row)
      const word = nearest.places[0]!
      total += nearest.distances[0]!
      counts[word]!++
      for (let term = 0; term < shapeTerms; term++) sums[word * shapeTerms + term]! += row[term]!
    }
    for (let word = 0; word < count; word++) {
      if (counts[word]! < 5) reseed(word)
      else
        for (let term = 0; term < shapeTerms; term++)
          words[word * shapeTerms + term] = sums[word * shapeTerms + term]! / counts[word]!
    }
    console.log(`  ${count} words, round ${round + 1}: mean square distance ${(total / rowCount).toFixed(4)}`)
  }
  return words
}
