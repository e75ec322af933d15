/**
 * Rows of terms as a data file has them: signed bytes in base64, each so many parts of what its term weighs. In: numbers, or text. Out:
 * the other. Never here: what they stand for.
 */
import { shapeTerms } from './envelope.ts'

const weightAt = (weights: Float64Array, at: number): number => weights[1 + (at % shapeTerms)]!

/** @param scale parts of a weight that are one @returns [row][term] */
export function readWeighed(base64: string, scale: number, weights: Float64Array): Float64Array {
  const bytes = Buffer.from(base64, 'base64')
  return Float64Array.from(bytes, (_, at) => (bytes.readInt8(at) / scale) * weightAt(weights, at))
}

/** What lies too far out for a byte comes to lie at its end. */
export function writeWeighed(values: ArrayLike<number>, scale: number, weights: Float64Array): Buffer {
  const bytes = Buffer.alloc(values.length)
  for (let at = 0; at < values.length; at++) {
    const value = Math.round((values[at]! / weightAt(weights, at)) * scale)
    bytes.writeInt8(Math.max(-127, Math.min(127, value)), at)
  }
  return bytes
}
