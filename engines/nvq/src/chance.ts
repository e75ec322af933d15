/** Numbers from the system's random source. In: bytes. Out: uniform numbers. Never here: a seed. */
import type { RandomBytes } from './engine.ts'

/** Drawn at once for noise. */
const blockBytes = 16384

export class Chance {
  readonly #random: RandomBytes
  #block: Uint8Array = new Uint8Array(0)
  #at = 0

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

  /** Of a normal distribution, mean nought and deviation one. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.between(0, 1))) * Math.cos(2 * Math.PI * this.between(0, 1))
  }

  /** So many different whole numbers below `below`. */
  different(count: number, below: number): number[] {
    const drawn = new Set<number>()
    while (drawn.size < Math.min(count, below)) drawn.add(Math.floor(this.between(0, below)))
    return [...drawn]
  }

  /** White noise of power one. */
  noise(): number {
    if (this.#at + 2 > this.#block.length) {
      this.#block.fill(0)
      this.#block = this.#random(blockBytes)
      this.#at = 0
    }
    const value = this.#block[this.#at]! + this.#block[this.#at + 1]! * 256
    this.#at += 2
    return ((value - 32767.5) / 32768) * Math.sqrt(3)
  }

  forget(): void {
    this.#block.fill(0)
    this.#at = this.#block.length
  }
}
