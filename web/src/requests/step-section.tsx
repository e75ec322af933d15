import { CircleArrowRight, CircleCheck, CircleDashed } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLanguage } from '../language/use-words.ts'
import { headingOf, type Step, type StepState } from './steps.ts'

const icons = { done: CircleCheck, now: CircleArrowRight, waits: CircleArrowRight, ahead: CircleDashed }

/** How far a step is: an icon and, where it says something, a word. */
export function StepMark({ state }: { state: StepState }) {
  const { say } = useLanguage()
  const Icon = icons[state]
  return (
    <span className={`step-mark step-mark-${state}`}>
      <Icon aria-hidden="true" size={18} />
      {say(`request.step.${state}`)}
    </span>
  )
}

/** A step of the request's page: its heading, how far it is, and what is done in it. */
export function StepSection({ step, state, children }: { step: Step; state: StepState; children: ReactNode }) {
  const { say } = useLanguage()
  return (
    <section className="panel stack request-step" aria-labelledby={headingOf[step]}>
      <div className="alarm-head">
        <h2 id={headingOf[step]} tabIndex={-1}>
          {say(`request.section.${step}`)}
        </h2>
        {state !== 'ahead' && <StepMark state={state} />}
      </div>
      {children}
    </section>
  )
}
