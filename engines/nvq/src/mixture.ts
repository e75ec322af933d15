/**
 * A frame as a mixture of its nearest codewords, each the more the nearer it lies. In: a row of terms. Out: codewords and their shares.
 * Never here: what is said for them.
 */
import { Nearest } from './codebook.ts'

export const nearestWords = 12
/** A codeword at no distance does not stand alone. */
const softness = 0.4

export class Mixture {
  /** Of each of `words`; together one. */
  readonly shares = new Float64Array(nearestWords)
  readonly #nearest: Nearest

  /** @param words [codeword][term] @param halves of the square of each */
  constructor(words: Float32Array, halves: Float32Array) {
    this.#nearest = new Nearest(nearestWords, words, halves)
  }

  /** The nearest first. */
  get words(): Uint16Array {
    return this.#nearest.places
  }

  /** @param row 23 terms, scaled as the codewords are */
  find(row: Float64Array): void {
    this.#nearest.find(row)
    let sum = 0
    for (const distance of this.#nearest.distances) sum += 1 / (distance + softness)
    for (const [place, distance] of this.#nearest.distances.entries())
      this.shares[place] = 1 / (distance + softness) / sum
  }
}
