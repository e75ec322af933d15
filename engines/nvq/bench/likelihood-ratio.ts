/**
 * Scores whether two vectors are of one speaker: whitening by the within-speaker covariance, LDA, then the likelihood ratio of the
 * two-covariance model (Brummer & de Villiers 2010), dimension by dimension.
 */
import { cholesky, eigen, forwardSolve, matrix, times, type Matrix } from './linear-algebra.ts'

export interface Backend {
  mean: Float64Array
  deviation: Float64Array
  within: Matrix
  directions: Matrix
  /** Between-speaker variance of each dimension, where the within-speaker variance is 1. */
  between: number[]
  /** Whether vectors are length-normalised, as for i-vectors (Garcia-Romero 2011). */
  unitLength: boolean
}

export function trainBackend(
  vectors: readonly { person: string; vector: Float64Array }[],
  { mostDirections, unitLength, shrink }: { mostDirections: number; unitLength: boolean; shrink: number },
): Backend {
  const size = vectors[0]!.vector.length
  const mean = new Float64Array(size)
  for (const { vector } of vectors) for (let d = 0; d < size; d++) mean[d]! += vector[d]! / vectors.length
  const deviation = new Float64Array(size)
  for (const { vector } of vectors) for (let d = 0; d < size; d++) deviation[d]! += (vector[d]! - mean[d]!) ** 2
  for (let d = 0; d < size; d++) deviation[d] = Math.sqrt(deviation[d]! / vectors.length) + 1e-6
  const groups = new Map<string, Float64Array[]>()
  for (const { person, vector } of vectors) {
    groups.set(person, [...(groups.get(person) ?? []), standardise(vector, mean, deviation, unitLength)])
  }
  const [within, between] = [matrix(size, size), matrix(size, size)]
  let [withinCount, persons] = [0, 0]
  for (const members of groups.values()) {
    const centre = average(members)
    persons++
    addProduct(between, centre, 1)
    for (const member of members)
      addProduct(
        within,
        member.map((value, d) => value - centre[d]!),
        1,
      )
    withinCount += members.length - 1
  }
  let trace = 0
  for (let i = 0; i < size; i++) trace += within[i]![i]! / withinCount / size
  const perPerson = vectors.length / persons
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      within[i]![j]! *= (1 - shrink) / withinCount
      between[i]![j]! /= persons
    }
    within[i]![i]! += shrink * trace
  }
  const factor = cholesky(within)
  // L^-1 B L^-T: first the rows, then the rows of the transpose.
  const half = between.map((row) => forwardSolve(factor, row))
  const whole = half.map((_, column) =>
    forwardSolve(
      factor,
      Float64Array.from(half, (row) => row[column]!),
    ),
  )
  const { values, vectors: directions } = eigen(whole)
  const kept = Math.min(mostDirections, persons - 1, size)
  return {
    mean,
    deviation,
    within: factor,
    directions: directions.slice(0, kept),
    // The mean of few recordings still contains some within-speaker variance.
    between: values.slice(0, kept).map((value) => Math.max(value - 1 / perPerson, 0.02)),
    unitLength,
  }
}

const average = (vectors: readonly Float64Array[]) =>
  vectors[0]!.map((_, d) => vectors.reduce((sum, vector) => sum + vector[d]!, 0) / vectors.length)

function addProduct(into: Matrix, vector: Float64Array, weight: number): void {
  for (let i = 0; i < vector.length; i++) {
    const row = into[i]!
    const value = vector[i]! * weight
    for (let j = 0; j < vector.length; j++) row[j]! += value * vector[j]!
  }
}

function standardise(vector: Float64Array, mean: Float64Array, deviation: Float64Array, unitLength: boolean) {
  const scaled = vector.map((value, d) => Math.max(-4, Math.min(4, (value - mean[d]!) / deviation[d]!)))
  if (!unitLength) return scaled
  const length = Math.sqrt(scaled.reduce((sum, value) => sum + value ** 2, 0) / scaled.length) || 1
  return scaled.map((value) => value / length)
}

export const project = ({ mean, deviation, within, directions, unitLength }: Backend, vector: Float64Array) =>
  times(directions, forwardSolve(within, standardise(vector, mean, deviation, unitLength)))

/** Returns the ratio for an enrolled speaker (the mean of `enrolled` projected vectors) and one projected vector. */
export function likelihoodRatio({ between }: Backend, person: Float64Array, enrolled: number, other: Float64Array) {
  let sum = 0
  for (let d = 0; d < between.length; d++) {
    const spread = between[d]!
    // Posterior of the speaker after `enrolled` vectors, compared with the prior.
    const gain = spread / (spread + 1 / enrolled)
    const [expected, variance] = [gain * person[d]!, 1 + spread * (1 - gain)]
    const anybody = 1 + spread
    sum +=
      0.5 * (other[d]! ** 2 / anybody - (other[d]! - expected) ** 2 / variance + Math.log(anybody) - Math.log(variance))
  }
  return sum
}

export const meanOf = average
