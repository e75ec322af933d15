import { $api } from '../api/client.ts'
import { Checks } from '../controls/checks.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { authorityHeading, authorityStepState } from './authority-steps.ts'
import type { AuthorityDetail } from './disclosure-shapes.ts'
import { useStoredForm } from './stored-form.ts'
import type { Done } from './done.ts'
import { StepFrame } from './step-frame.tsx'

type Outcome = 'GRANTED' | 'PART' | 'REFUSED'
interface Props {
  disclosure: AuthorityDetail
  onDone: Done
}

/** Grants all, part or nothing, with reasons (R34, R35). */
export function AuthorityDecision({ disclosure, onDone }: Props) {
  const { t, language } = useLanguage()
  const { decision, may } = disclosure
  const state = authorityStepState('decision', disclosure)
  return (
    <StepFrame heading={authorityHeading('decision')} title={t('disclosures.step.authority.decision')} state={state}>
      {decision ? (
        <>
          <p>
            <strong>{t(`disclosures.authority.decision.${decision.outcome}`)}</strong>{' '}
            {t('acts.decided', { who: decision.by.name, time: formatInstant(decision.at, language) })}
          </p>
          <p className="note">{decision.reasons}</p>
        </>
      ) : (
        <p className="request-note">{t('disclosures.authority.decision.who')}</p>
      )}
      {!decision && may.decide && state === 'ahead' && <Notice kind="info">{t('error.authority.assessment')}</Notice>}
      {!decision && may.decide && state !== 'ahead' && <Decide disclosure={disclosure} onDone={onDone} />}
    </StepFrame>
  )
}

function Decide({ disclosure: { id, itemList, provision, seen }, onDone }: Props) {
  const { t, language } = useLanguage()
  const decide = $api.useMutation('post', '/api/authority-disclosures/{id}/decision')
  const form = useStoredForm<{ outcome: Outcome | ''; items: string[]; reasons: string }>(`authority decision ${id}`, {
    outcome: '',
    items: [],
    reasons: '',
  })
  const { outcome, items, reasons } = form.typed
  const isPartEmpty = outcome === 'PART' && items.length === 0
  const request = () => {
    if (outcome === '' || isPartEmpty || reasons.trim() === '') return undefined
    const body = { outcome, reasons: reasons.trim(), seen, ...(outcome === 'PART' && { items: items.map(Number) }) }
    return { params: { path: { id } }, body }
  }
  const isGrant = outcome === 'GRANTED' || outcome === 'PART'
  return (
    <ActStep
      open={t('disclosures.decide')}
      submit={t('disclosures.decide.do')}
      kind="primary"
      act={decide}
      request={request}
      isOpenAtFirst={form.isTyped}
      onDone={async () => {
        form.forget()
        if (outcome !== '') await onDone(t(`disclosures.authority.decision.${outcome}`))
      }}
    >
      {(isTried) => (
        <>
          <RadioCards
            label={t('disclosures.decision')}
            error={isTried && outcome === '' ? t('disclosures.decision.missing') : undefined}
            options={(['GRANTED', 'PART', 'REFUSED'] as const).map((value) => ({
              value,
              label: t(`disclosures.authority.decision.${value}`),
            }))}
            value={outcome === '' ? null : outcome}
            onChange={(value) => form.edit({ outcome: value as Outcome })}
          />
          {isGrant && !provision && <Notice kind="warning">{t('error.authority.provision')}</Notice>}
          {outcome === 'PART' && (
            <Checks
              label={t('disclosures.authority.part')}
              error={isTried && isPartEmpty ? t('error.authority.items') : undefined}
              options={itemList.map(({ item, what, destroyAt, state }) => ({
                value: String(item),
                label: `${t('disclosures.item', { item })}: ${t(`disclosures.authority.what.${what}`)}`,
                detail:
                  state === 'destroyed'
                    ? t('disclosures.authority.recording.destroyed')
                    : destroyAt && `${t('disclosures.destroyAt')} ${formatInstant(destroyAt, language)}`,
              }))}
              value={items}
              onChange={(chosen) => form.edit({ items: chosen })}
            />
          )}
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
