/** Small dense matrices, row by row, as float64; at most a few hundred rows. */

export type Matrix = Float64Array[]

export const matrix = (rows: number, columns: number): Matrix =>
  Array.from({ length: rows }, () => new Float64Array(columns))

/** Returns the lower triangle L with L L^T = a; pivots that are not positive become slightly positive. */
export function cholesky(a: Matrix): Matrix {
  const size = a.length
  const l = matrix(size, size)
  for (let i = 0; i < size; i++) {
    const row = l[i]!
    for (let j = 0; j <= i; j++) {
      const other = l[j]!
      let sum = a[i]![j]!
      for (let k = 0; k < j; k++) sum -= row[k]! * other[k]!
      row[j] = i === j ? Math.sqrt(Math.max(sum, 1e-9)) : sum / other[j]!
    }
  }
  return l
}

/** Solves L L^T x = b. */
export function solveCholesky(l: Matrix, b: Float64Array): Float64Array {
  const size = l.length
  const x = forwardSolve(l, b)
  for (let i = size - 1; i >= 0; i--) {
    let sum = x[i]!
    for (let k = i + 1; k < size; k++) sum -= l[k]![i]! * x[k]!
    x[i] = sum / l[i]![i]!
  }
  return x
}

/** Solves L x = b. */
export function forwardSolve(l: Matrix, b: Float64Array): Float64Array {
  const x = Float64Array.from(b)
  for (let i = 0; i < l.length; i++) {
    const row = l[i]!
    let sum = x[i]!
    for (let k = 0; k < i; k++) sum -= row[k]! * x[k]!
    x[i] = sum / row[i]!
  }
  return x
}

export function inverse(a: Matrix): Matrix {
  const l = cholesky(a)
  return a.map((_, column) => {
    const unit = new Float64Array(a.length)
    unit[column] = 1
    return solveCholesky(l, unit)
  })
}

export const times = (a: Matrix, x: Float64Array): Float64Array =>
  Float64Array.from(a, (row) => {
    let sum = 0
    for (let k = 0; k < row.length; k++) sum += row[k]! * x[k]!
    return sum
  })

/** Returns the eigenvalues, largest first, and the eigenvectors as rows, of a symmetric matrix (cyclic Jacobi rotations). */
export function eigen(symmetric: Matrix): { values: number[]; vectors: Matrix } {
  const size = symmetric.length
  const a = symmetric.map((row) => Float64Array.from(row))
  const v = matrix(size, size)
  for (let i = 0; i < size; i++) v[i]![i] = 1
  for (let sweep = 0; sweep < 12; sweep++) {
    let off = 0
    let all = 0
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        all += a[i]![j]! ** 2
        if (i !== j) off += a[i]![j]! ** 2
      }
    }
    if (off < 1e-14 * all) break
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, v, p, q)
  }
  const order = a.map((_, index) => index).sort((one, other) => a[other]![other]! - a[one]![one]!)
  return { values: order.map((index) => a[index]![index]!), vectors: order.map((index) => v[index]!) }
}

function rotate(a: Matrix, v: Matrix, p: number, q: number): void {
  const [rowP, rowQ] = [a[p]!, a[q]!]
  if (Math.abs(rowP[q]!) < 1e-300) return
  const theta = (rowQ[q]! - rowP[p]!) / (2 * rowP[q]!)
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (const row of a) {
    const [x, y] = [row[p]!, row[q]!]
    row[p] = c * x - s * y
    row[q] = s * x + c * y
  }
  for (const [one, other] of [
    [rowP, rowQ],
    [v[p]!, v[q]!],
  ] as const) {
    for (let k = 0; k < one.length; k++) {
      const [x, y] = [one[k]!, other[k]!]
      one[k] = c * x - s * y
      other[k] = s * x + c * y
    }
  }
}
