import { createContext, use, useState, type ReactNode } from 'react'
import type { RequestDetail } from '../api/shapes.ts'
import { canFold, stateOf, stepElementId, stepsOf, type Step } from './steps.ts'

interface Folding {
  /** True if the reader may fold a step: those with work to do stay open. */
  canFold: (step: Step) => boolean
  isOpen: (step: Step) => boolean
  toggle: (step: Step) => void
  /** Opens a step and focuses its heading. */
  goTo: (step: Step) => void
}

const FoldingContext = createContext<Folding | undefined>(undefined)

/**
 * Provides which steps of a request's page are open: those with work to do. Done and later steps are folded until opened; a
 * step completed on this page stays open, so that nothing moves under the pointer.
 */
export function FoldingProvider({ request, children }: { request: RequestDetail; children: ReactNode }) {
  const has = stepsOf(request)
  const [opened, setOpened] = useState<Partial<Record<Step, boolean>>>({})
  const toOpen = has.filter((step) => !canFold(stateOf(step, request), request) && opened[step] !== true)
  if (toOpen.length > 0) setOpened({ ...opened, ...Object.fromEntries(toOpen.map((step) => [step, true])) })
  const set = (step: Step, isOpen: boolean) => setOpened((now) => ({ ...now, [step]: isOpen }))
  const folding: Folding = {
    canFold: (step) => canFold(stateOf(step, request), request),
    isOpen: (step) => opened[step] === true,
    toggle: (step) => set(step, opened[step] !== true),
    goTo(step) {
      set(step, true)
      // Runs after it has opened.
      window.setTimeout(() => scrollToStep(step))
    },
  }
  return <FoldingContext value={folding}>{children}</FoldingContext>
}

export function useFolding(): Folding {
  const folding = use(FoldingContext)
  if (!folding) throw new Error('useFolding is called outside FoldingProvider')
  return folding
}

function scrollToStep(step: Step): void {
  const part = document.getElementById(stepElementId(step))
  part?.scrollIntoView({ block: 'start' })
  part?.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true })
}
