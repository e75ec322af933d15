import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { IdentifiedHow, RequestDetail } from '../api/shapes.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useTries } from '../controls/use-tries.ts'
import { finishRequest } from '../controls/finish-request.ts'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { StepSection } from './step-section.tsx'
import { stateOf, type Done } from './steps.ts'

const documents = ['PASSPORT', 'ID_CARD', 'DRIVING_LICENCE', 'RESIDENCE_PERMIT'] as const
const methods = [...documents, 'STRONG_EID', 'CALLBACK'] as const satisfies readonly IdentifiedHow[]

/** Requester and identification; no call search before that (R46). */
export function Identification({ request, onDone }: { request: RequestDetail; onDone: Done }) {
  const { t, language } = useLanguage()
  const { requester, official, identified, party } = request
  return (
    <StepSection
      step="who"
      state={stateOf('who', request)}
      summary={
        identified &&
        `${requester?.name ?? t('requests.erased')}: ${t(`requests.request.identified.${identified.how}`)}`
      }
    >
      <dl className="facts">
        <Fact label={t('requests.request.name')}>
          <span className="breaking">{requester?.name ?? t('requests.erased')}</span>
          <span className="second">{t(`requests.party.${party}`)}</span>
        </Fact>
        {official && <Fact label={t('requests.request.official')}>{official.name}</Fact>}
        {requester?.address && (
          <Fact label={t('requests.request.address.fact')}>
            <span className="request-address">{requester.address}</span>
          </Fact>
        )}
        {requester?.phone && <Fact label={t('requests.request.phone.fact')}>{requester.phone}</Fact>}
        {requester?.email && (
          <Fact label={t('requests.request.email.fact')}>
            <span className="breaking">{requester.email}</span>
          </Fact>
        )}
        {identified && (
          <Fact label={t('requests.request.identified')}>
            {t(`requests.request.identified.${identified.how}`)}
            <span className="second">
              {formatInstant(identified.at, language)}, {identified.by?.name ?? t('requests.home.byThemselves')}
            </span>
          </Fact>
        )}
      </dl>
      {!identified && !request.closed && party !== 'OUTSIDER' && <Identify request={request} onDone={onDone} />}
    </StepSection>
  )
}

function Identify({ request, onDone }: { request: RequestDetail; onDone: Done }) {
  const { t } = useLanguage()
  const identify = $api.useMutation('post', '/api/requests/{id}/identification')
  const offered: readonly IdentifiedHow[] =
    request.party === 'OFFICIAL' ? ['PERSONNEL', ...documents, 'STRONG_EID'] : methods
  const [how, setHow] = useState<IdentifiedHow | null>(null)
  const { form, isTried, tried } = useTries()
  const submit = async () => {
    if (!how) return tried()
    await finishRequest(identify.mutateAsync({ params: { path: { id: request.id } }, body: { how } }), () =>
      onDone(t('requests.request.identified.done'), 'request-calls'),
    )
  }
  return (
    <SubmitForm ref={form} className="stack" isBusy={identify.isPending} onSubmit={submit}>
      <p className="request-note">{t('requests.request.identify.note')}</p>
      <RadioCards
        label={t('requests.request.identify.how')}
        error={isTried && !how ? t('requests.request.identify.missing') : undefined}
        options={offered.map((value) => ({ value, label: t(`requests.request.identified.${value}`) }))}
        value={how}
        onChange={(value) => setHow(value as IdentifiedHow)}
      />
      {identify.error && <Failure error={identify.error} />}
      <div className="actions">
        <Button type="submit" kind="primary" isBusy={identify.isPending}>
          {t('requests.request.identify.do')}
        </Button>
      </div>
    </SubmitForm>
  )
}
