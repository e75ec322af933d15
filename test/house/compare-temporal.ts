/**
 * Two moments are equal where they are the same. Temporal's values have no properties of their own, so that without this vitest
 * finds any two of a kind equal, alone or within what is compared.
 */
import { expect } from 'vitest'

const isThere = Symbol.for('seloste.compares-temporal')
const kindOf = (value: unknown) => /^\[object (Temporal\.\w+)\]$/.exec(Object.prototype.toString.call(value))?.[1]

/** Undefined where neither is of Temporal: compared as everything else. */
function isSameMoment(one: unknown, other: unknown): boolean | undefined {
  const [kind, otherKind] = [kindOf(one), kindOf(other)]
  if (kind === undefined && otherKind === undefined) return undefined
  return kind === otherKind && String(one) === String(other)
}

// Once a process: files share them, and each runs this.
if (!(isThere in globalThis)) {
  Object.defineProperty(globalThis, isThere, { value: true })
  expect.addEqualityTesters([isSameMoment])
}
