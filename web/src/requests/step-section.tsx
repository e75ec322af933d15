import { ChevronDown, ChevronUp, CircleArrowRight, CircleCheck, CircleDashed } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import { Button } from '../controls/button.tsx'
import { useLanguage } from '../language/use-words.ts'
import { useFolding } from './folding.tsx'
import { headingOf, type Step, type StepState } from './steps.ts'

const icons = { done: CircleCheck, now: CircleArrowRight, waits: CircleArrowRight, ahead: CircleDashed }

/** State of a step: an icon and, where useful, a word. */
export function StepMark({ state }: { state: StepState }) {
  const { t } = useLanguage()
  const Icon = icons[state]
  return (
    <span className={`step-mark step-mark-${state}`}>
      <Icon aria-hidden="true" size={18} />
      {t(`requests.request.step.${state}`)}
    </span>
  )
}

/** Step of the request's page: heading, state and content; folded if there is nothing to do. */
export function StepSection({
  step,
  state,
  mark,
  summary,
  children,
}: {
  step: Step
  state: StepState
  /** Shown beside the state. */
  mark?: ReactNode
  /** Shown while folded. */
  summary?: ReactNode
  children: ReactNode
}) {
  const { t } = useLanguage()
  const { canFold, isOpen, toggle } = useFolding()
  const body = useId()
  const folds = canFold(step)
  const shown = !folds || isOpen(step)
  const title = t(`requests.request.section.${step}`)
  const Chevron = shown ? ChevronUp : ChevronDown
  return (
    <section className="panel stack request-step" aria-labelledby={headingOf[step]}>
      <div className="request-step-head">
        <h2 id={headingOf[step]} tabIndex={-1}>
          {title}
        </h2>
        {mark}
        {(folds || state !== 'ahead') && <StepMark state={state} />}
        {folds && (
          <Button kind="quiet" aria-expanded={shown} aria-controls={body} onPress={() => toggle(step)}>
            <Chevron aria-hidden="true" size={18} />
            {t(shown ? 'requests.request.step.fold' : 'requests.request.step.open')}
            <span className="visually-hidden">: {title}</span>
          </Button>
        )}
      </div>
      {!shown && summary && <div className="request-step-summary">{summary}</div>}
      <div id={body} className="stack request-step-body" hidden={!shown}>
        {children}
      </div>
    </section>
  )
}
