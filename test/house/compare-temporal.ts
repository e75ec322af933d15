/**
 * Makes instants equal if they have the same value. Temporal's values have no properties of their own, so without this
 * vitest finds any two of a kind equal, alone or inside other values.
 */
import { expect } from 'vitest'

const isThere = Symbol.for('seloste.compares-temporal')
const kindOf = (value: unknown) => /^\[object (Temporal\.\w+)\]$/.exec(Object.prototype.toString.call(value))?.[1]

/** Undefined if neither is a Temporal value, which leaves the comparison to vitest. */
function isSameMoment(one: unknown, other: unknown): boolean | undefined {
  const [kind, otherKind] = [kindOf(one), kindOf(other)]
  if (kind === undefined && otherKind === undefined) return undefined
  return kind === otherKind && String(one) === String(other)
}

// Once in each process: files share them, and each file runs this.
if (!(isThere in globalThis)) {
  Object.defineProperty(globalThis, isThere, { value: true })
  expect.addEqualityTesters([isSameMoment])
}
