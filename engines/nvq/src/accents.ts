/**
 * In which ways people differ in how they say each sound: directions in which classes of sounds move together (eigenvoices: Kuhn et al.
 * 2000). In: the numbers as a file has them. Out: directions, and how much of each class a sound is. Never here: one person's.
 */
import { shapeTerms } from './envelope.ts'
import { readWeighed, writeWeighed } from './weighed-bytes.ts'

/** As the file has them: so many to one. */
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
  const centres = readWeighed(data.centres, centreScale, weights)
  const all = readWeighed(data.directions, directionScale, weights)
  const directions = Array.from({ length: all.length / centres.length }, (_, n) =>
    all.subarray(n * centres.length, (n + 1) * centres.length),
  )
  return { reach: data.reach, centres, directions }
}

export function writeAccents({ reach, centres, directions }: Accents, weights: Float64Array): AccentData {
  return {
    reach: Number(reach.toFixed(4)),
    centres: writeWeighed(centres, centreScale, weights).toString('base64'),
    directions: Buffer.concat(directions.map((one) => writeWeighed(one, directionScale, weights))).toString('base64'),
  }
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
