import { parseDate } from '@internationalized/date'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import { Fact } from '../contact/facts.tsx'
import { Day } from '../controls/day.tsx'
import { Field } from '../controls/field.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { todayAt } from '../retention/hold-dates.ts'
import { writeDay } from './days.ts'
import type { ResearchDetail } from './disclosure-shapes.ts'
import { useStoredForm } from './stored-form.ts'
import type { Done } from './done.ts'
import { pseudonymisedItems } from './pseudonymised.ts'
import { endedUnreleased, researchHeading, researchStepState } from './research-steps.ts'
import { StepFrame } from './step-frame.tsx'

/** Undertaking of the institute to return or destroy the copies as soon as the study ends (R31). */
export function Undertaking({ disclosure, onDone }: { disclosure: ResearchDetail; onDone: Done }) {
  const { t, language } = useLanguage()
  const { undertaking, may } = disclosure
  return (
    <StepFrame
      heading={researchHeading('undertaking')}
      title={t('disclosures.step.research.undertaking')}
      state={endedUnreleased(disclosure) ? undefined : researchStepState('undertaking', disclosure)}
    >
      <p className="request-note">{t('disclosures.undertaking.what')}</p>
      {pseudonymisedItems(disclosure).length > 0 && (
        <p className="request-note">{t('disclosures.undertaking.what.pseudonymised')}</p>
      )}
      {undertaking && (
        <dl className="facts">
          <Fact label={t('disclosures.undertaking.reference')}>{undertaking.reference}</Fact>
          <Fact label={t('disclosures.undertaking.signatory')}>{undertaking.signatory}</Fact>
          <Fact label={t('disclosures.undertaking.signedOn')}>{writeDay(undertaking.signedOn, language)}</Fact>
          <Fact label={t('disclosures.undertaking.by')}>
            {undertaking.by.name}
            <span className="second">{formatInstant(undertaking.at, language)}</span>
          </Fact>
        </dl>
      )}
      {may.prepare && <FileUndertaking disclosure={disclosure} onDone={onDone} />}
    </StepFrame>
  )
}

function FileUndertaking({ disclosure: { id, undertaking }, onDone }: { disclosure: ResearchDetail; onDone: Done }) {
  const { t } = useLanguage()
  const file = $api.useMutation('put', '/api/research-disclosures/{id}/undertaking')
  const form = useStoredForm(`undertaking ${id}`, {
    reference: undertaking?.reference ?? '',
    signatory: undertaking?.signatory ?? '',
    signedOn: undertaking?.signedOn ?? '',
  })
  const { typed } = form
  const isDayWrong = typed.signedOn === '' || typed.signedOn > todayAt(serverNowMs()).toString()
  const isMissing = (field: 'reference' | 'signatory') => typed[field].trim() === ''
  const request = () => {
    if (isMissing('reference') || isMissing('signatory') || isDayWrong) return undefined
    const { reference, signatory, signedOn } = typed
    return { params: { path: { id } }, body: { reference: reference.trim(), signatory: signatory.trim(), signedOn } }
  }
  return (
    <ActStep
      open={t(undertaking ? 'disclosures.undertaking.change' : 'disclosures.undertaking.file')}
      submit={t('disclosures.undertaking.file.do')}
      act={file}
      request={request}
      isOpenAtFirst={form.isTyped}
      onDone={async () => {
        form.forget()
        await onDone(t('disclosures.undertaking.filed'))
      }}
    >
      {(isTried) => (
        <>
          {(['reference', 'signatory'] as const).map((field) => (
            <Field
              key={field}
              label={t(`disclosures.undertaking.${field}`)}
              hint={t(`disclosures.undertaking.${field}.hint`)}
              error={isTried && isMissing(field) ? t(`disclosures.undertaking.${field}.missing`) : undefined}
              value={typed[field]}
              onChange={(value) => form.edit({ [field]: value })}
              maxLength={field === 'reference' ? 64 : 200}
              autoComplete="off"
            />
          ))}
          <Day
            label={t('disclosures.undertaking.signedOn')}
            error={isTried && isDayWrong ? t('disclosures.undertaking.signedOn.wrong') : undefined}
            value={typed.signedOn === '' ? null : parseDate(typed.signedOn)}
            onChange={(day) => form.edit({ signedOn: day?.toString() ?? '' })}
          />
        </>
      )}
    </ActStep>
  )
}
