import { memo, useCallback, useLayoutEffect, useRef } from 'react'
import { Checks } from '../../controls/checks.tsx'
import { Choice } from '../../controls/choice.tsx'
import { Day } from '../../controls/day.tsx'
import { Field } from '../../controls/field.tsx'
import { Toggle } from '../../controls/toggle.tsx'

/** Memoised controls of the form. A key press changes one of about a hundred; the others are not rendered again. */
export const MemoField = memo(Field, hasEqualProps)
export const MemoToggle = memo(Toggle, hasEqualProps)
export const MemoChoice = memo(Choice, hasEqualProps)
export const MemoDay = memo(Day, hasEqualProps)
export const MemoChecks = memo(Checks, hasEqualProps)

/** Returns a stable function that calls the latest `act`. */
export function useStableCallback<Value>(act: (value: Value) => void): (value: Value) => void {
  const latest = useRef(act)
  useLayoutEffect(() => {
    latest.current = act
  })
  return useCallback((value) => latest.current(value), [])
}

/** Returns true if all props are equal; lists and days are compared by value. */
export function hasEqualProps(before: object, after: object): boolean {
  const [old, fresh] = [new Map<string, unknown>(Object.entries(before)), Object.entries(after)]
  return old.size === fresh.length && fresh.every(([name, value]) => isEqual(old.get(name), value))
}

function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  return typeof one === 'object' && typeof other === 'object' && JSON.stringify(one) === JSON.stringify(other)
}
