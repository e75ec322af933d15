import { ArrowDown } from 'lucide-react'
import { Button } from '../controls/button.tsx'
import type { RequestDetail } from '../api/shapes.ts'
import { Notice } from '../controls/notice.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { useFolding } from './folding.tsx'
import { StepMark } from './step-section.tsx'
import { stepElementId, stateOf, stepOf, stepsOf } from './steps.ts'

/** Days after the closing until the requester is erased. */
const keptDays = 30

/** Next step of the clerk, with a link; for a closed request its outcome. */
export function NextPanel({ request }: { request: RequestDetail }) {
  const { t, language } = useLanguage()
  const { goTo } = useFolding()
  const { closed, next } = request
  if (closed) {
    const erased = new Date(Date.parse(closed.at) + keptDays * 86_400_000).toISOString()
    return (
      <Notice kind="success" title={t(`requests.request.over.${closed.outcome}`)}>
        <p>
          {t('requests.request.over.at', {
            time: formatInstant(closed.at, language),
            name: closed.by?.name ?? 'Seloste',
          })}
        </p>
        <p>
          {request.requester
            ? t('requests.request.over.erased', { date: formatDate(erased, language) })
            : t('requests.request.over.gone')}
        </p>
      </Notice>
    )
  }
  const [first, ...more] = next
  return (
    <section className="request-next" aria-labelledby="request-next">
      <h2 id="request-next" tabIndex={-1}>
        <span className="request-next-label">{t('requests.next')}</span>
        {t(first ? `requests.request.next.${first}` : 'requests.request.next.none')}
      </h2>
      {first && (
        <>
          <p>{t(`requests.request.next.${first}.what`)}</p>
          <div className="actions">
            <Button kind="primary" onPress={() => goTo(stepOf(first))}>
              <ArrowDown aria-hidden="true" size={18} />
              {t('requests.request.next.go', { section: t(`requests.request.section.${stepOf(first)}`) })}
            </Button>
          </div>
        </>
      )}
      {more.length > 0 && (
        <p className="second">
          {t('requests.request.next.more')} {more.map((one) => t(`requests.request.next.${one}`)).join(', ')}
        </p>
      )}
    </section>
  )
}

/** All steps of this request in order, with states and links. */
export function StepList({ request }: { request: RequestDetail }) {
  const { t } = useLanguage()
  const { goTo } = useFolding()
  return (
    <nav className="request-steps" aria-label={t('requests.request.steps')}>
      <ol>
        {stepsOf(request).map((step) => {
          const state = stateOf(step, request)
          return (
            <li key={step} className={`request-steps-${state}`}>
              <a
                href={`#${stepElementId(step)}`}
                aria-current={state === 'now' ? 'step' : undefined}
                onClick={(event) => {
                  event.preventDefault()
                  goTo(step)
                }}
              >
                {t(`requests.request.section.${step}`)}
              </a>
              <StepMark state={state} />
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
