import { createContext, use, useState, type ReactNode } from 'react'
import type { RequestDetail } from '../api/shapes.ts'
import { goTo } from './go-to.ts'
import { canFold, stateOf, stepsOf, type Step } from './steps.ts'

interface Folding {
  /** Whether it is the reader's to fold: what is to be done stands open. */
  canFold: (step: Step) => boolean
  isOpen: (step: Step) => boolean
  toggle: (step: Step) => void
  /** Opens a step and brings the focus to its heading. */
  goTo: (step: Step) => void
}

const FoldingContext = createContext<Folding | undefined>(undefined)

/**
 * Which steps of a request's page stand open: those that have something to do. What was done before, or lies ahead, is folded
 * until somebody opens it; what is done here stays in sight, so that nothing goes from under a hand.
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
      // After it has opened.
      window.setTimeout(() => goTo(step))
    },
  }
  return <FoldingContext value={folding}>{children}</FoldingContext>
}

export function useFolding(): Folding {
  const folding = use(FoldingContext)
  if (!folding) throw new Error('useFolding is called outside FoldingProvider')
  return folding
}
