/**
 * Makes vitest compare Temporal objects by value. They have no properties of their own, so without this vitest treats
 * any two objects of one Temporal type as equal, alone or inside other values.
 */
import { expect } from 'vitest'

const registered = Symbol.for('seloste.compares-temporal')
const kindOf = (value: unknown) => /^\[object (Temporal\.\w+)\]$/.exec(Object.prototype.toString.call(value))?.[1]

/**
 * Returns true if two Temporal values are equal; undefined, which leaves the comparison to vitest, if neither is one.
 */
function isSameMoment(one: unknown, other: unknown): boolean | undefined {
  const [kind, otherKind] = [kindOf(one), kindOf(other)]
  if (kind === undefined && otherKind === undefined) return undefined
  return kind === otherKind && String(one) === String(other)
}

// Registers once in each process, because test files share a process and each of them runs this.
if (!(registered in globalThis)) {
  Object.defineProperty(globalThis, registered, { value: true })
  expect.addEqualityTesters([isSameMoment])
}
