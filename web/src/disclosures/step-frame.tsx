import { CircleAlert, CircleCheck, CircleDashed, CircleDotDashed } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLanguage } from '../language/use-words.ts'
import type { StepState } from './research-steps.ts'

const icons = { done: CircleCheck, missing: CircleAlert, open: CircleDotDashed, ahead: CircleDashed }
const classes = { done: 'done', missing: 'now', open: 'now', ahead: 'ahead' }

/** State of a step, as icon and word. */
export function StepStateBadge({ state }: { state: StepState }) {
  const { t } = useLanguage()
  const Icon = icons[state]
  return (
    <span className={`step-mark step-mark-${classes[state]}`}>
      <Icon aria-hidden="true" size={18} />
      {t(`disclosures.step.${state}`)}
    </span>
  )
}

/** Step of a disclosure's page: heading, state and content. */
export function StepFrame({
  heading,
  title,
  state,
  children,
}: {
  /** Id of its heading. */
  heading: string
  title: string
  state?: StepState | undefined
  children: ReactNode
}) {
  return (
    <section className="panel stack request-step" aria-labelledby={heading}>
      <div className="request-step-head">
        <h2 id={heading} tabIndex={-1}>
          {title}
        </h2>
        {state && <StepStateBadge state={state} />}
      </div>
      <div className="stack request-step-body">{children}</div>
    </section>
  )
}

/** All steps in order, with state and link. */
export function StepNav({ steps }: { steps: readonly { heading: string; title: string; state: StepState }[] }) {
  const { t } = useLanguage()
  const now = steps.findIndex(({ state }) => classes[state] === 'now')
  return (
    <nav className={`request-steps ${steps.length > 6 ? 'disclosure-steps' : ''}`} aria-label={t('disclosures.steps')}>
      <ol>
        {steps.map(({ heading, title, state }, index) => (
          <li key={title} className={`request-steps-${classes[state]}`}>
            <JumpLink heading={heading} isCurrent={index === now}>
              {title}
            </JumpLink>
            <StepStateBadge state={state} />
          </li>
        ))}
      </ol>
    </nav>
  )
}

/** Prerequisites missing for the release, each with a link to its step. */
export function MissingList({
  heading,
  missing,
}: {
  heading: string
  missing: readonly { key: string; text: string; heading: string; step: string }[]
}) {
  const { t } = useLanguage()
  return (
    <section className="request-next" aria-labelledby={heading}>
      <h2 id={heading} tabIndex={-1}>
        {t('disclosures.missing')}
      </h2>
      <ul className="disclosure-missing">
        {missing.map((one) => (
          <li key={one.key}>
            {one.text}{' '}
            <JumpLink heading={one.heading} className="nowrap">
              {one.step}
            </JumpLink>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Link that scrolls to a heading and focuses it. */
export function JumpLink({
  heading,
  isCurrent = false,
  className,
  children,
}: {
  heading: string
  isCurrent?: boolean
  className?: string
  children: ReactNode
}) {
  return (
    <a
      href={`#${heading}`}
      className={className}
      aria-current={isCurrent ? 'step' : undefined}
      onClick={(event) => {
        event.preventDefault()
        const target = document.getElementById(heading)
        target?.scrollIntoView({ block: 'start' })
        target?.focus({ preventScroll: true })
      }}
    >
      {children}
    </a>
  )
}
