import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { RequestDetail } from '../api/shapes.ts'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { finishRequest } from '../controls/finish-request.ts'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useLanguage } from '../language/use-words.ts'
import { useFolding } from './folding.tsx'
import { StepSection } from './step-section.tsx'
import { stepElementId, stateOf, type Step, type Done } from './steps.ts'

const outcomes = ['ANSWERED', 'REFUSED', 'WITHDRAWN'] as const
type Outcome = (typeof outcomes)[number]
const links: Record<RequestDetail['unfinished'][number], Step> = {
  call: 'calls',
  letter: 'letters',
  appointment: 'appointments',
  prohibition: 'prohibition',
  copy: 'acts',
  correction: 'acts',
  decision: 'acts',
}

/** Closes the request with an outcome, or lists what blocks it. */
export function CloseRequest({ request, onDone }: { request: RequestDetail; onDone: Done }) {
  const { t } = useLanguage()
  const close = $api.useMutation('post', '/api/requests/{id}/close')
  const [outcome, setOutcome] = useState<Outcome>('ANSWERED')
  const [isConfirming, setConfirming] = useState(false)
  const { goTo } = useFolding()
  // A withdrawn request needs no answer, and a refused one gets its reasons.
  const blockers = outcome === 'ANSWERED' ? request.unfinished : request.unfinishedOtherwise[outcome]
  const submit = async () => {
    await finishRequest(close.mutateAsync({ params: { path: { id: request.id } }, body: { outcome } }), () =>
      onDone(t(`requests.request.over.${outcome}`)),
    )
  }
  return (
    <StepSection step="close" state={stateOf('close', request)} summary={t('requests.request.close.ahead')}>
      <SubmitForm
        className="stack"
        isBusy={close.isPending}
        onSubmit={() => blockers.length === 0 && setConfirming(true)}
      >
        <RadioCards
          label={t('requests.request.outcome')}
          options={outcomes.map((value) => ({
            value,
            label: t(`requests.request.outcome.${value}`),
            detail: t(`requests.request.outcome.${value}.what`),
          }))}
          value={outcome}
          onChange={(value) => setOutcome(value as Outcome)}
        />
        <div role="status">
          {blockers.length > 0 && (
            <Notice kind="info" title={t(`requests.request.unfinished.before.${outcome}`)}>
              <ul>
                {blockers.map((one) => (
                  <li key={one}>
                    <a
                      href={`#${stepElementId(links[one])}`}
                      onClick={(event) => {
                        event.preventDefault()
                        goTo(links[one])
                      }}
                    >
                      {t(
                        one === 'letter'
                          ? `requests.request.unfinished.letter.${outcome}`
                          : `requests.request.unfinished.${one}`,
                      )}
                    </a>
                  </li>
                ))}
              </ul>
            </Notice>
          )}
        </div>
        {close.error && <Failure error={close.error} />}
        {blockers.length === 0 && (
          <div className="actions">
            <Button type="submit" kind="primary" isBusy={close.isPending}>
              {t('requests.request.close')}
            </Button>
          </div>
        )}
      </SubmitForm>
      <Confirm
        title={t('requests.request.close.sure', { number: request.number })}
        doLabel={t('requests.request.close')}
        isOpen={isConfirming}
        onDo={() => void submit()}
        onClose={() => setConfirming(false)}
      >
        <p>{t('requests.request.close.what')}</p>
      </Confirm>
    </StepSection>
  )
}
