/**
 * i-vectors: a low-dimensional representation of how a recording's mixture differs from the background model (Dehak et al. 2011).
 * Statistics are in units of the components' standard deviations, so that the noise covariance is the identity matrix.
 */
import type { Counts } from './background-model.ts'
import { cholesky, matrix, solveCholesky, type Matrix } from './linear-algebra.ts'
import type { Seeded } from './seeded.ts'

export interface TotalVariability {
  rank: number
  /** Components x dimensions x rank. */
  loading: Float64Array
  /** loading^T loading per component, rank x rank, row by row. */
  products: Float64Array[]
}

const rounds = 4
/** Weight of a frame: neighbouring frames are correlated, so each counts for less than one. */
const frameWeight = 0.35

function productsOf(loading: Float64Array, components: number, rank: number): Float64Array[] {
  const dimensions = loading.length / components / rank
  return Array.from({ length: components }, (_, component) => {
    const product = new Float64Array(rank * rank)
    for (let d = 0; d < dimensions; d++) {
      const row = loading.subarray((component * dimensions + d) * rank, (component * dimensions + d + 1) * rank)
      for (let i = 0; i < rank; i++) {
        const value = row[i]!
        for (let j = 0; j <= i; j++) product[i * rank + j]! += value * row[j]!
      }
    }
    return product
  })
}

function posterior({ rank, loading, products }: TotalVariability, { zeroth, first }: Counts) {
  const precision = matrix(rank, rank)
  for (const [component, product] of products.entries()) {
    const taken = zeroth[component]! * frameWeight
    if (taken < 1e-3) continue
    for (let i = 0; i < rank; i++) {
      const row = precision[i]!
      for (let j = 0; j <= i; j++) row[j]! += taken * product[i * rank + j]!
    }
  }
  for (let i = 0; i < rank; i++) {
    precision[i]![i]! += 1
    for (let j = 0; j < i; j++) precision[j]![i] = precision[i]![j]!
  }
  const projected = new Float64Array(rank)
  for (let n = 0; n < first.length; n++) {
    const value = first[n]! * frameWeight
    if (value === 0) continue
    for (let i = 0; i < rank; i++) projected[i]! += value * loading[n * rank + i]!
  }
  const factor = cholesky(precision)
  return { factor, mean: solveCholesky(factor, projected) }
}

export function trainVariability(counts: readonly Counts[], rank: number, chance: Seeded) {
  const components = counts[0]!.zeroth.length
  const dimensions = counts[0]!.first.length / components
  const loading = Float64Array.from({ length: components * dimensions * rank }, () => 0.1 * chance.normal())
  let model: TotalVariability = { rank, loading, products: productsOf(loading, components, rank) }
  for (let round = 0; round < rounds; round++) {
    const squares = Array.from({ length: components }, () => new Float64Array(rank * rank))
    const crosses = new Float64Array(components * dimensions * rank)
    for (const count of counts) {
      const { factor, mean } = posterior(model, count)
      const expected = secondMoment(factor, mean)
      for (let component = 0; component < components; component++) {
        const taken = count.zeroth[component]! * frameWeight
        if (taken < 1e-3) continue
        const square = squares[component]!
        for (let n = 0; n < expected.length; n++) square[n]! += taken * expected[n]!
      }
      for (let n = 0; n < count.first.length; n++) {
        const value = count.first[n]! * frameWeight
        if (value === 0) continue
        for (let i = 0; i < rank; i++) crosses[n * rank + i]! += value * mean[i]!
      }
    }
    const next = new Float64Array(loading.length)
    for (let component = 0; component < components; component++) {
      const square: Matrix = Array.from({ length: rank }, (_, i) => squares[component]!.slice(i * rank, (i + 1) * rank))
      for (let i = 0; i < rank; i++) square[i]![i]! += 1e-3
      const factor = cholesky(square)
      for (let d = 0; d < dimensions; d++) {
        const n = component * dimensions + d
        next.set(solveCholesky(factor, crosses.slice(n * rank, (n + 1) * rank)), n * rank)
      }
    }
    model = { rank, loading: next, products: productsOf(next, components, rank) }
  }
  return model
}

/** Returns the posterior covariance + mean mean^T, rank x rank, row by row. */
function secondMoment(factor: Matrix, mean: Float64Array): Float64Array {
  const rank = mean.length
  // The inverse of the lower triangle, then its transpose times itself.
  const inverted = matrix(rank, rank)
  for (let column = 0; column < rank; column++) {
    inverted[column]![column] = 1 / factor[column]![column]!
    for (let i = column + 1; i < rank; i++) {
      let sum = 0
      const row = factor[i]!
      for (let k = column; k < i; k++) sum -= row[k]! * inverted[k]![column]!
      inverted[i]![column] = sum / row[i]!
    }
  }
  const result = new Float64Array(rank * rank)
  for (let k = 0; k < rank; k++) {
    const row = inverted[k]!
    for (let i = 0; i <= k; i++) {
      const value = row[i]!
      for (let j = 0; j <= i; j++) result[i * rank + j]! += value * row[j]!
    }
  }
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j <= i; j++) {
      const value = result[i * rank + j]! + mean[i]! * mean[j]!
      result[i * rank + j] = value
      result[j * rank + i] = value
    }
  }
  return result
}

export const identityVector = (model: TotalVariability, counts: Counts): Float64Array => posterior(model, counts).mean
