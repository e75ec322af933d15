import { stepElementId, type Step } from './steps.ts'

/** Scrolls to a step and focuses its heading. */
export function scrollToStep(step: Step): void {
  const part = document.getElementById(stepElementId(step))
  part?.scrollIntoView({ block: 'start' })
  part?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true })
}
