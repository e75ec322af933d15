import { randomBytes, randomInt, randomUUID } from 'node:crypto'

/** Seeded random numbers (mulberry32): the same seed gives the same calls, faults and sounds on every machine. */
export type Random = {
  /** Returns a number in [0, 1). */
  next(): number
  /** Returns a whole number in [from, to], both included. */
  integer(from: number, to: number): number
  pick<T>(items: readonly T[]): T
  /** Returns true with the given probability (0 to 1). */
  chance(share: number): boolean
  /** Returns a normal deviate with mean 0 and deviation 1 (Box-Muller). */
  normal(): number
  hex(bytes: number): string
  uuid(): string
}

/** Random source for identifiers. */
export type Identifiers = Pick<Random, 'hex' | 'uuid' | 'integer'>

/**
 * Makes unique identifiers. Two runs with one seed place the same calls, but must have different identifiers: otherwise
 * the recorder would treat the second run as a repetition of the first.
 */
export const freshIdentifiers: Identifiers = {
  hex: (bytes) => randomBytes(bytes).toString('hex'),
  uuid: () => randomUUID(),
  integer: (from, to) => randomInt(from, to + 1),
}

export function seedRandom(seed: number | string): Random {
  let state = typeof seed === 'number' ? seed >>> 0 : hashText(seed)
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const integer = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  const hex = (bytes: number) =>
    Array.from({ length: bytes }, () => integer(0, 255).toString(16).padStart(2, '0')).join('')
  return {
    next,
    integer,
    hex,
    pick: (items) => items[integer(0, items.length - 1)]!,
    chance: (share) => next() < share,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    uuid: () => `${hex(4)}-${hex(2)}-4${hex(2).slice(1)}-a${hex(2).slice(1)}-${hex(6)}`,
  }
}

/** Hashes a text by FNV-1a, so that a seed may be a word. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}
