/** Numbers drawn from random bytes; no seed. */
import type { RandomBytes } from './engine.ts'

export class SecureRandom {
  readonly #random: RandomBytes

  constructor(random: RandomBytes) {
    this.#random = random
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    const bytes = this.#random(4)
    const share = (bytes[0]! + bytes[1]! * 2 ** 8 + bytes[2]! * 2 ** 16 + bytes[3]! * 2 ** 24) / 2 ** 32
    bytes.fill(0)
    return low + share * (high - low)
  }

  /** Normal distribution with mean 0 and deviation 1. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.between(0, 1))) * Math.cos(2 * Math.PI * this.between(0, 1))
  }
}
