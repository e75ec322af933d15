import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { RequestDetail, ReportedCall } from '../api/shapes.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { useLanguage } from '../language/use-words.ts'
import { CallCard, CallTitle } from './call-card.tsx'
import { StepSection } from './step-section.tsx'
import { callHeading, headingOf, stateOf, type Done } from './steps.ts'
import { ReportedCallForm } from './reported-call-form.tsx'

/** Calls that the requester names: search, result, and verification (R46). */
export function Calls({
  request,
  isServed,
  onDone,
  onChanged,
}: {
  request: RequestDetail
  /** True if views of the calls have the request's number as their reference. */
  isServed: boolean
  onDone: Done
  onChanged: () => void
}) {
  const { t } = useLanguage()
  const { calls, identified, closed } = request
  return (
    <StepSection
      step="calls"
      state={stateOf('calls', request)}
      summary={
        calls.length > 0 && (
          <ul className="plain-list">
            {calls.map((call) => (
              <li key={call.id}>
                <CallTitle call={call} />. {t(`requests.call.${call.state}`)}.
              </li>
            ))}
          </ul>
        )
      }
    >
      {request.fromHome && (
        <dl className="facts">
          <Fact label={t('requests.home.told')}>
            <span className="request-address breaking">{request.fromHome.told}</span>
          </Fact>
        </dl>
      )}
      {!identified && !closed && <p className="muted">{t('requests.calls.first')}</p>}
      {closed && calls.length === 0 && <p className="muted">{t('requests.calls.none')}</p>}
      {calls.map((call) => (
        <CallCard
          key={call.id}
          request={request}
          call={call}
          isServed={isServed}
          onDone={onDone}
          onChanged={onChanged}
        />
      ))}
      {identified && !closed && <NameCall request={request} onDone={onDone} />}
    </StepSection>
  )
}

/** Searches for a call. The first one's form is open: it is the next step. */
function NameCall({ request, onDone }: { request: RequestDetail; onDone: Done }) {
  const { t } = useLanguage()
  const name = $api.useMutation('post', '/api/requests/{id}/calls')
  const isFirst = request.calls.length === 0
  const [isOpen, setOpen] = useState(false)
  const search = async (reported: ReportedCall) => {
    const call = await name.mutateAsync({ params: { path: { id: request.id } }, body: reported })
    setOpen(false)
    await onDone(t(`requests.call.told.${call.state}`), callHeading(call.id))
  }
  if (!isFirst && !isOpen) {
    return (
      <div className="actions">
        <Button onPress={() => setOpen(true)}>{t('requests.calls.another')}</Button>
      </div>
    )
  }
  return (
    <section className="stack request-call" aria-labelledby="call-new">
      <h3 id="call-new">{t(isFirst ? 'requests.calls.name' : 'requests.calls.another')}</h3>
      <p className="request-note">{t('requests.calls.name.what')}</p>
      <ReportedCallForm
        prefix="call-new"
        isOfficials={request.party === 'OFFICIAL'}
        submit={t('requests.told.search')}
        isBusy={name.isPending}
        onSearch={search}
        onCancel={
          isFirst
            ? undefined
            : () => {
                setOpen(false)
                focusHeading(headingOf.calls)
              }
        }
      />
    </section>
  )
}
