import { useEffect, useRef, useState, type RefObject } from 'react'
import { focusWrong } from './focus-wrong.ts'

/** The tries of a form: each brings the focus to the first wrong field, where there is one. */
export function useTries(): {
  form: RefObject<HTMLFormElement | null>
  isTried: boolean
  /** To be told of each try that may lack something. */
  tried: () => void
  forget: () => void
} {
  const form = useRef<HTMLFormElement>(null)
  const [tries, setTries] = useState(0)
  useEffect(() => focusWrong(form.current), [tries])
  return { form, isTried: tries > 0, tried: () => setTries((one) => one + 1), forget: () => setTries(0) }
}
