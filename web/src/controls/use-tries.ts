import { useEffect, useRef, useState, type RefObject } from 'react'
import { focusWrong } from './focus-wrong.ts'

/** Submit attempts of a form: each one focuses the first wrong field, if any. */
export function useTries(): {
  form: RefObject<HTMLFormElement | null>
  isTried: boolean
  /** Records a submit attempt; its first wrong field gets the focus. */
  tried: () => void
  /** Resets the attempts, so that errors are hidden again. */
  forget: () => void
} {
  const form = useRef<HTMLFormElement>(null)
  const [tries, setTries] = useState(0)
  useEffect(() => focusWrong(form.current), [tries])
  return { form, isTried: tries > 0, tried: () => setTries((one) => one + 1), forget: () => setTries(0) }
}
