import { useEffect, useRef, useState, type RefObject } from 'react'
import { focusWrong } from './focus-wrong.ts'

/** The tries of a form that is always open: each that lacks something brings the focus to the first wrong field. */
export function useTries(): {
  form: RefObject<HTMLFormElement | null>
  isTried: boolean
  fail: () => void
  forget: () => void
} {
  const form = useRef<HTMLFormElement>(null)
  const [tries, setTries] = useState(0)
  useEffect(() => {
    if (tries > 0) focusWrong(form.current)
  }, [tries])
  return { form, isTried: tries > 0, fail: () => setTries((one) => one + 1), forget: () => setTries(0) }
}
