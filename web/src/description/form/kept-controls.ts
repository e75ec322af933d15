import { memo, useCallback, useLayoutEffect, useRef } from 'react'
import { Checks } from '../../controls/checks.tsx'
import { Choice } from '../../controls/choice.tsx'
import { Day } from '../../controls/day.tsx'
import { Field } from '../../controls/field.tsx'
import { Toggle } from '../../controls/toggle.tsx'

/** The controls of the form. A key press changes what one of some hundred shows: the others are not made anew. */
export const KeptField = memo(Field, showsSame)
export const KeptToggle = memo(Toggle, showsSame)
export const KeptChoice = memo(Choice, showsSame)
export const KeptDay = memo(Day, showsSame)
export const KeptChecks = memo(Checks, showsSame)

/** The same function at every render, for a control that is kept; it does what `act` was last. */
export function useKept<Value>(act: (value: Value) => void): (value: Value) => void {
  const latest = useRef(act)
  useLayoutEffect(() => {
    latest.current = act
  })
  return useCallback((value) => latest.current(value), [])
}

/** True where all are equal; lists and days are equal where they say the same. */
export function showsSame(before: object, after: object): boolean {
  const [old, fresh] = [new Map<string, unknown>(Object.entries(before)), Object.entries(after)]
  return old.size === fresh.length && fresh.every(([name, value]) => isEqual(old.get(name), value))
}

function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  return typeof one === 'object' && typeof other === 'object' && JSON.stringify(one) === JSON.stringify(other)
}
