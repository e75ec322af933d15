/**
 * In which ways people differ in how they say each sound: directions in which classes of sounds move together (eigenvoices: Kuhn et al.
 * 2000). In: the numbers as a file has them. Out: directions, and how much of each class a sound is. Never here: one person's.
 */
import { shapeTerms } from './codebook.ts'

/** As the file has them: bytes, so many to one deviation. */
const centreScale = 28
const directionScale = 150

export interface Classes {
  /** [class][term], scaled as the codewords are. */
  centres: Float64Array | Float32Array
  /** Square distance at which a class counts for less by a factor of e. */
  reach: number
}

export interface Accents extends Classes {
  /** Each as long as people's deviation along it: [class][term]. */
  directions: readonly Float64Array[]
}

/** As train-accents.ts writes it. */
interface AccentData {
  reach: number
  centres: string
  directions: string
}

/** @param weights of the terms: the codebook's */
export function readAccents(data: AccentData, weights: Float64Array): Accents {
  const centres = read(data.centres, centreScale, weights)
  const all = read(data.directions, directionScale, weights)
  const directions = Array.from({ length: all.length / centres.length }, (_, n) =>
    all.subarray(n * centres.length, (n + 1) * centres.length),
  )
  return { reach: data.reach, centres, directions }
}

export function writeAccents({ reach, centres, directions }: Accents, weights: Float64Array): AccentData {
  return {
    reach: Number(reach.toFixed(4)),
    centres: written(centres, centreScale, weights).toString('base64'),
    directions: Buffer.concat(directions.map((one) => written(one, directionScale, weights))).toString('base64'),
  }
}

const weightAt = (weights: Float64Array, at: number): number => weights[1 + (at % shapeTerms)]!

function read(base64: string, scale: number, weights: Float64Array): Float64Array {
  const bytes = Buffer.from(base64, 'base64')
  return Float64Array.from(bytes, (_, at) => (bytes.readInt8(at) / scale) * weightAt(weights, at))
}

function written(values: ArrayLike<number>, scale: number, weights: Float64Array): Buffer {
  const bytes = Buffer.alloc(values.length)
  for (let at = 0; at < values.length; at++) {
    const value = Math.round((values[at]! / weightAt(weights, at)) * scale)
    bytes.writeInt8(Math.max(-127, Math.min(127, value)), at)
  }
  return bytes
}

/** How much of each class a sound is; all together one. @param row 23 terms, scaled as the codewords are */
export function sharesOfClasses({ centres, reach }: Classes, row: ArrayLike<number>): Float64Array {
  const distances = new Float64Array(centres.length / shapeTerms)
  for (let at = 0; at < centres.length; at++)
    distances[Math.floor(at / shapeTerms)]! += (row[at % shapeTerms]! - centres[at]!) ** 2
  const least = distances.reduce((one, other) => Math.min(one, other), Infinity)
  const shares = distances.map((distance) => Math.exp((least - distance) / reach))
  const sum = shares.reduce((total, share) => total + share, 0)
  return shares.map((share) => share / sum)
}
