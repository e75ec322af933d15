import { partOf, type Step } from './steps.ts'

/** Brings a step into sight, and the focus to its heading. */
export function goTo(step: Step): void {
  const part = document.getElementById(partOf(step))
  part?.scrollIntoView({ block: 'start' })
  part?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true })
}
