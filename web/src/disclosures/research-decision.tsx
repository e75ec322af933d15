import { $api } from '../api/client.ts'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import type { ResearchDetail } from './disclosure-shapes.ts'
import { useStoredForm } from './stored-form.ts'
import type { Done } from './done.ts'
import { pseudonymisedItems } from './pseudonymised.ts'
import { researchHeading, researchStepState } from './research-steps.ts'
import { StepFrame } from './step-frame.tsx'

/** Decision with reasons, by a person who neither prepared nor checked any of it (R35). */
export function Decision({ disclosure, onDone }: { disclosure: ResearchDetail; onDone: Done }) {
  const { t, language } = useLanguage()
  const { decision, may } = disclosure
  const state = researchStepState('decision', disclosure)
  return (
    <StepFrame
      heading={researchHeading('decision')}
      title={t('disclosures.step.research.decision')}
      state={disclosure.state === 'WITHDRAWN' ? undefined : state}
    >
      {decision ? (
        <>
          <p>
            <strong>{t(`disclosures.decision.${decision.outcome}`)}</strong>{' '}
            {t('acts.decided', { who: decision.by.name, time: formatInstant(decision.at, language) })}
          </p>
          <p className="note">{decision.reasons}</p>
        </>
      ) : (
        <p className="request-note">{t('disclosures.decision.who')}</p>
      )}
      {!decision && may.decide && state === 'ahead' && <Notice kind="info">{t('disclosures.decision.ahead')}</Notice>}
      {!decision && may.decide && <Decide disclosure={disclosure} isReady={state === 'missing'} onDone={onDone} />}
    </StepFrame>
  )
}

function Decide({
  disclosure,
  isReady,
  onDone,
}: {
  disclosure: ResearchDetail
  /** Nothing else is missing; before that only a refusal is possible. */
  isReady: boolean
  onDone: Done
}) {
  const { t } = useLanguage()
  const { id, seen } = disclosure
  const pseudonymised = pseudonymisedItems(disclosure)
  const decide = $api.useMutation('post', '/api/research-disclosures/{id}/decision')
  const form = useStoredForm<{ outcome: 'GRANTED' | 'REFUSED' | ''; reasons: string }>(`decision ${id}`, {
    outcome: '',
    reasons: '',
  })
  const { outcome, reasons } = form.typed
  const request = () =>
    outcome === '' || reasons.trim() === ''
      ? undefined
      : { params: { path: { id } }, body: { outcome, reasons: reasons.trim(), seen } }
  return (
    <ActStep
      open={t('disclosures.decide')}
      submit={t('disclosures.decide.do')}
      kind={isReady ? 'primary' : 'secondary'}
      act={decide}
      request={request}
      isOpenAtFirst={form.isTyped}
      onDone={async () => {
        form.forget()
        if (outcome !== '') await onDone(t(`disclosures.decision.${outcome}`))
      }}
    >
      {(isTried) => (
        <>
          {pseudonymised.length > 0 && (
            <Notice kind="warning">
              {t('disclosures.decision.pseudonymised', {
                count: pseudonymised.length,
                items: pseudonymised.join(', '),
              })}
            </Notice>
          )}
          <RadioCards
            label={t('disclosures.decision')}
            error={isTried && outcome === '' ? t('disclosures.decision.missing') : undefined}
            options={(['GRANTED', 'REFUSED'] as const).map((value) => ({
              value,
              label: t(`disclosures.decision.${value}`),
            }))}
            value={outcome === '' ? null : outcome}
            onChange={(value) => form.edit({ outcome: value as 'GRANTED' | 'REFUSED' })}
          />
          <Field
            label={t('disclosures.reasons')}
            hint={t('disclosures.reasons.hint')}
            error={isTried && reasons.trim() === '' ? t('disclosures.reasons.missing') : undefined}
            rows={4}
            value={reasons}
            onChange={(value) => form.edit({ reasons: value })}
            maxLength={2000}
          />
        </>
      )}
    </ActStep>
  )
}
