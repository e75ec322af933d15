/** A map of straight lines from knot to knot. In: knots and where they come to lie. Out: a value's place. Never here: what is beyond them. */

/** @param from rising, as many as `to` @param value between the first and the last of them */
export function betweenKnots(from: readonly number[], to: readonly number[], value: number): number {
  let right = 1
  while (right < from.length - 1 && from[right]! < value) right++
  const share = (value - from[right - 1]!) / (from[right]! - from[right - 1]!)
  return to[right - 1]! + share * (to[right]! - to[right - 1]!)
}
