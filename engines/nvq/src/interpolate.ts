/** Piecewise linear interpolation. @param from knots, ascending @param to values at the knots @param value must lie within the knots */
export function interpolateLinear(from: readonly number[], to: readonly number[], value: number): number {
  let right = 1
  while (right < from.length - 1 && from[right]! < value) right++
  const share = (value - from[right - 1]!) / (from[right]! - from[right - 1]!)
  return to[right - 1]! + share * (to[right]! - to[right - 1]!)
}
