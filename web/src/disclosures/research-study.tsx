import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Notice } from '../controls/notice.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { writeDay } from './days.ts'
import type { ResearchDetail } from './disclosure-shapes.ts'
import { useStoredForm } from './stored-form.ts'
import type { Done } from './done.ts'
import { refusedDay } from './refused-day.ts'
import { endedUnreleased, researchHeading, researchStepState } from './research-steps.ts'
import { StepFrame } from './step-frame.tsx'
import { StudyFields, wrongStudy, type StudyTyped } from './study-fields.tsx'

/** Institute, study and due day. */
export function Study({ disclosure, onDone }: { disclosure: ResearchDetail; onDone: Done }) {
  const { t, language } = useLanguage()
  const { institute, study, dueOn, earliestDestruction, format, purpose, preparedBy, createdAt, may, lacks } =
    disclosure
  return (
    <StepFrame
      heading={researchHeading('study')}
      title={t('disclosures.step.research.study')}
      state={endedUnreleased(disclosure) ? undefined : researchStepState('study', disclosure)}
    >
      <dl className="facts">
        <Fact label={t('disclosures.institute')}>{institute.name}</Fact>
        <Fact label={t('disclosures.study')}>{study}</Fact>
        <Fact label={t('disclosures.purpose')}>{t(`disclosures.purpose.${purpose}`)}</Fact>
        <Fact label={t('disclosures.dueOn')}>
          {writeDay(dueOn, language)}
          {earliestDestruction && may.prepare && (
            <span className="second">
              {t('disclosures.dueOn.before', { time: formatInstant(earliestDestruction, language) })}
            </span>
          )}
        </Fact>
        <Fact label={t('disclosures.format')}>{t(`disclosures.format.${format}`)}</Fact>
        <Fact label={t('disclosures.preparedBy')}>
          {preparedBy.name}
          <span className="second">{formatInstant(createdAt, language)}</span>
        </Fact>
      </dl>
      {lacks.some(({ what }) => what === 'institute-blocked') && (
        <Notice kind="warning">
          {t('error.research.institute-blocked')} <Link to="/disclosures">{t('disclosures.title')}</Link>
        </Notice>
      )}
      {may.prepare && <ChangeStudy disclosure={disclosure} onDone={onDone} />}
    </StepFrame>
  )
}

function ChangeStudy({ disclosure, onDone }: { disclosure: ResearchDetail; onDone: Done }) {
  const { t, language } = useLanguage()
  const { id, study, dueOn, format, earliestDestruction } = disclosure
  const change = $api.useMutation('put', '/api/research-disclosures/{id}')
  const form = useStoredForm<StudyTyped>(`study ${id}`, { study, dueOn, format })
  const { typed } = form
  const refused = refusedDay(change.error)
  const request = () => {
    const wrong = wrongStudy(typed)
    if (wrong.study || wrong.dueOn) return undefined
    return { params: { path: { id } }, body: { study: typed.study.trim(), dueOn: typed.dueOn, format: typed.format } }
  }
  return (
    <ActStep
      open={t('disclosures.change')}
      submit={t('disclosures.change.do')}
      act={change}
      error={refused ? undefined : change.error}
      request={request}
      isOpenAtFirst={form.isTyped}
      onDone={async () => {
        form.forget()
        await onDone(t('disclosures.changed'))
      }}
    >
      {(isTried) => (
        <StudyFields
          typed={typed}
          isTried={isTried}
          refused={refused}
          onChange={(edited) => {
            change.reset()
            form.edit(edited)
          }}
          until={earliestDestruction && formatInstant(earliestDestruction, language)}
        />
      )}
    </ActStep>
  )
}
