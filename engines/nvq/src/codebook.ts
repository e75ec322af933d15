/**
 * 512 shapes of a spectrum that belong to nobody, and what forty strangers' voices are like on average. A voice that is
 * spelt in these shapes keeps what is said and loses how this speaker says it. In: a series whose mean and variance
 * were taken out. Out: the nearest shapes, mixed.
 */
import { codebookData } from './codebook-data.ts'
import { bandCount, shapeTerms } from './envelope.ts'
import type { Moments } from './analysis.ts'
import { readWeighed, writeWeighed } from './weighed-bytes.ts'

/** As the file has them: so many to one. */
const codewordScale = 28
const momentScale = 4000

export interface Codebook {
  /** Standard deviation of each term over everybody: what a difference in it weighs. */
  weights: Float64Array
  /** Scaled by the weights: [codeword][term]. */
  words: Float32Array
  /** Half the square of each codeword. */
  halves: Float32Array
  strangers: Moments[]
}

let read: Codebook | undefined

export function codebook(): Codebook {
  read ??= makeCodebook(codebookData)
  return read
}

/** As train-codebook.ts wrote it. */
interface CodebookData {
  weights: readonly number[]
  words: string
  /** For each stranger 24 means and 24 deviations, 16 bits, little-endian. */
  strangers: string
}

function makeCodebook(data: CodebookData): Codebook {
  const weights = Float64Array.from(data.weights)
  const words = Float32Array.from(readWeighed(data.words, codewordScale, weights))
  const numbers = Buffer.from(data.strangers, 'base64')
  const moment = (stranger: number, place: number) =>
    numbers.readInt16LE((stranger * 2 * bandCount + place) * 2) / momentScale
  const strangers = Array.from({ length: numbers.length / bandCount / 4 }, (_, stranger) => ({
    mean: Float64Array.from({ length: bandCount }, (__, order) => moment(stranger, order)),
    deviation: Float64Array.from({ length: bandCount }, (__, order) => moment(stranger, bandCount + order)),
  }))
  return { weights, words, halves: halfSquares(words), strangers }
}

export function halfSquares(words: Float32Array): Float32Array {
  const halves = new Float32Array(words.length / shapeTerms)
  for (let at = 0; at < words.length; at++) halves[Math.floor(at / shapeTerms)]! += words[at]! ** 2 / 2
  return halves
}

export function writeCodebook(words: Float32Array, weights: Float64Array, strangers: Moments[]): CodebookData {
  const numbers = Buffer.alloc(strangers.length * bandCount * 4)
  strangers.forEach(({ mean, deviation }, stranger) =>
    [...mean, ...deviation].forEach((value, place) =>
      numbers.writeInt16LE(Math.round(value * momentScale), (stranger * 2 * bandCount + place) * 2),
    ),
  )
  return {
    weights: Array.from(weights, (weight) => Number(weight.toFixed(4))),
    words: writeWeighed(words, codewordScale, weights).toString('base64'),
    strangers: numbers.toString('base64'),
  }
}

/** The nearest codewords of one row. */
export class Nearest {
  readonly places: Uint16Array
  /** Squares of the distances. */
  readonly distances: Float64Array
  readonly #words: Float32Array
  readonly #halves: Float32Array

  constructor(count: number, words: Float32Array, halves: Float32Array) {
    this.places = new Uint16Array(count)
    this.distances = new Float64Array(count)
    this.#words = words
    this.#halves = halves
  }

  /** @param row 23 terms, scaled as the codewords are */
  find(row: Float64Array): void {
    const words = this.#words
    const distances = this.distances
    const last = distances.length - 1
    distances.fill(Infinity)
    let own = 0
    for (let term = 0; term < shapeTerms; term++) own += row[term]! ** 2 / 2
    for (let word = 0, at = 0; word < this.#halves.length; word++) {
      let product = 0
      for (let term = 0; term < shapeTerms; term++) product += words[at++]! * row[term]!
      const distance = 2 * (own + this.#halves[word]! - product)
      if (distance >= distances[last]!) continue
      let place = last
      for (; place > 0 && distances[place - 1]! > distance; place--) {
        distances[place] = distances[place - 1]!
        this.places[place] = this.places[place - 1]!
      }
      distances[place] = distance
      this.places[place] = word
    }
  }
}
