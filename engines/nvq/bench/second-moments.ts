/**
 * Second moments (covariances) of a recording's cepstra and their slopes as one vector: the mixture model does not see them as a
 * whole, and they survive normalisation of means and variances (Bimbot and Mathan 1993).
 */
import { matrix, times, type Matrix } from './linear-algebra.ts'
import type { Seeded } from './seeded.ts'
import { dimensions } from './voice-frames.ts'

/** Returns the log standard deviation of each cepstrum and slope, and the correlation of each pair, over the recording. */
export function secondMoments({ normalised, count }: { normalised: Float32Array; count: number }): Float64Array {
  const half = dimensions / 2
  const product = (one: number, other: number) => {
    let sum = 0
    for (let at = 0; at < count * dimensions; at += dimensions) sum += normalised[at + one]! * normalised[at + other]!
    return sum / Math.max(1, count)
  }
  const vector: number[] = []
  for (const from of [0, half]) {
    const deviations: number[] = []
    for (let one = from; one < from + half; one++) {
      const own = Math.sqrt(product(one, one) + 1e-6)
      vector.push(Math.log(own), ...deviations.map((its, place) => product(one, from + place) / (own * its)))
      deviations.push(own)
    }
  }
  return Float64Array.from(vector)
}

export interface Principal {
  mean: Float64Array
  deviation: Float64Array
  directions: Matrix
}

const rounds = 8

/** Returns the principal components of the vectors by orthogonal iteration, each scaled to standard deviation 1. */
export function trainPrincipal(vectors: readonly Float64Array[], count: number, chance: Seeded): Principal {
  const size = vectors[0]!.length
  const mean = new Float64Array(size)
  const deviation = new Float64Array(size)
  for (const vector of vectors) vector.forEach((value, d) => (mean[d]! += value / vectors.length))
  for (const vector of vectors) vector.forEach((value, d) => (deviation[d]! += (value - mean[d]!) ** 2))
  for (let d = 0; d < size; d++) deviation[d] = Math.sqrt(deviation[d]! / vectors.length) + 1e-6
  const rows = vectors.map((vector) => vector.map((value, d) => (value - mean[d]!) / deviation[d]!))
  let directions: Matrix = Array.from({ length: Math.min(count, size, rows.length - 1) }, () =>
    Float64Array.from({ length: size }, () => chance.normal()),
  )
  for (let round = 0; round < rounds; round++) {
    orthogonal(directions)
    const next = matrix(directions.length, size)
    for (const row of rows) {
      const along = times(directions, row)
      next.forEach((direction, k) => {
        for (let d = 0; d < size; d++) direction[d]! += along[k]! * row[d]!
      })
    }
    directions = next
  }
  orthogonal(directions)
  return { mean, deviation, directions }
}

/** Orthonormalises the rows in place (Gram-Schmidt). */
function orthogonal(rows: Matrix): void {
  for (const [at, row] of rows.entries()) {
    for (const before of rows.slice(0, at)) {
      let product = 0
      for (let d = 0; d < row.length; d++) product += row[d]! * before[d]!
      for (let d = 0; d < row.length; d++) row[d]! -= product * before[d]!
    }
    let length = 0
    for (const value of row) length += value * value
    for (let d = 0; d < row.length; d++) row[d]! /= Math.sqrt(length) + 1e-12
  }
}

export const principal = ({ mean, deviation, directions }: Principal, vector: Float64Array): Float64Array =>
  times(
    directions,
    vector.map((value, d) => (value - mean[d]!) / deviation[d]!),
  )
