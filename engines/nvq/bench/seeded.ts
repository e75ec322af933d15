/** Seeded random numbers: the same in every run, so that two runs differ only by the changed code. */
import { createHash } from 'node:crypto'

export interface Seeded {
  /** In [0, 1). */
  uniform: () => number
  normal: () => number
  bytes: (size: number) => Uint8Array
  shuffled: <T>(items: readonly T[]) => T[]
}

export function seeded(seed: string): Seeded {
  const digest = createHash('sha256').update(seed).digest()
  let state = [0, 4, 8, 12].map((at) => digest.readUInt32LE(at) | 0)
  // sfc32 (Doty-Humphrey, PractRand).
  const next = () => {
    const [a = 0, b = 0, c = 0, d = 0] = state
    const sum = (((a + b) | 0) + d) | 0
    state = [b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + sum) | 0, (d + 1) | 0]
    return sum >>> 0
  }
  for (let warm = 0; warm < 15; warm++) next()
  const uniform = () => next() / 4294967296
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    bytes: (size) => Uint8Array.from({ length: size }, () => next() & 255),
    shuffled: (items) => {
      const mixed = [...items]
      for (let at = mixed.length - 1; at > 0; at--) {
        const other = Math.floor(uniform() * (at + 1))
        const kept = mixed[at]!
        mixed[at] = mixed[other]!
        mixed[other] = kept
      }
      return mixed
    },
  }
}
