import { useState } from 'react'
import { $api } from '../api/client.ts'
import { ConfirmButton } from '../controls/confirm-button.tsx'
import { Field } from '../controls/field.tsx'
import { ActStep } from '../controls/step.tsx'
import { Failure } from '../controls/failure.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { authorityHeading, authorityStepState, currentPackage } from './authority-steps.ts'
import type { AuthorityDetail } from './disclosure-shapes.ts'
import type { Done } from './done.ts'
import { StepFrame, JumpLink } from './step-frame.tsx'

/** Closes a disclosure that was released, refused, or granted and not released, with the reason; its log entry stays. */
export function CloseAuthority({ disclosure, onDone }: { disclosure: AuthorityDetail; onDone: Done }) {
  const { t, language } = useLanguage()
  const { id, may, closedAt, unreleasedBecause } = disclosure
  const isUnreleased = disclosure.state === 'DECIDED'
  const current = currentPackage(disclosure)
  const close = $api.useMutation('post', '/api/authority-disclosures/{id}/close')
  return (
    <StepFrame
      heading={authorityHeading('close')}
      title={t('disclosures.step.authority.close')}
      state={authorityStepState('close', disclosure)}
    >
      <p className="request-note">
        {closedAt
          ? t('disclosures.authority.closedAt', { time: formatInstant(closedAt, language) })
          : t('disclosures.authority.close.what')}
      </p>
      {current && (
        <p className="request-note">
          {t('disclosures.authority.close.when', { time: formatInstant(current.expiresAt, language) })}{' '}
          <JumpLink heading={authorityHeading('release')}>{t('disclosures.step.authority.release')}</JumpLink>
        </p>
      )}
      {unreleasedBecause && <p>{t('disclosures.authority.unreleased.said', { reason: unreleasedBecause })}</p>}
      {may.close && isUnreleased && <CloseUnreleased id={id} onDone={onDone} />}
      {close.error != null && <Failure error={close.error} />}
      {may.close && !isUnreleased && (
        <div className="actions">
          <ConfirmButton
            label={t('disclosures.returns.close')}
            isBusy={close.isPending}
            title={t('disclosures.returns.close.sure')}
            onDo={() =>
              close.mutate(
                { params: { path: { id } }, body: {} },
                { onSuccess: () => void onDone(t('disclosures.authority.stands.CLOSED')) },
              )
            }
          >
            <p>{t('disclosures.authority.close.what')}</p>
          </ConfirmButton>
        </div>
      )}
    </StepFrame>
  )
}

/** Closes a granted disclosure that nobody got, with the reason why (R34). */
function CloseUnreleased({ id, onDone }: { id: string; onDone: Done }) {
  const { t } = useLanguage()
  const close = $api.useMutation('post', '/api/authority-disclosures/{id}/close')
  const [because, setBecause] = useState('')
  const reason = because.trim()
  return (
    <ActStep
      open={t('disclosures.authority.unreleased.open')}
      submit={t('disclosures.returns.close')}
      act={close}
      request={() => (reason === '' ? undefined : { params: { path: { id } }, body: { unreleasedBecause: reason } })}
      onDone={() => void onDone(t('disclosures.authority.stands.CLOSED'))}
    >
      {(isTried) => (
        <Field
          label={t('disclosures.authority.unreleased.because')}
          hint={t('disclosures.authority.unreleased.hint')}
          error={isTried && reason === '' ? t('disclosures.authority.unreleased.missing') : undefined}
          value={because}
          onChange={setBecause}
          maxLength={2000}
          rows={3}
        />
      )}
    </ActStep>
  )
}
