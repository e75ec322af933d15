import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { Me, RequestDetail } from '../api/shapes.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { Choice } from '../controls/choice.tsx'
import { Failure } from '../controls/failure.tsx'
import { Step } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { ChangeRequest } from './change-request.tsx'
import { ExtendRequest } from './extend-request.tsx'
import { Due } from './due.tsx'
import { inOrder } from './queue.ts'
import { useQueue } from './use-queue.ts'
import type { Done } from './steps.ts'

/** Content, deadline and handler of a request. */
export function RequestFacts({
  request,
  me,
  onDone,
  onChanged,
}: {
  request: RequestDetail
  me: Me
  onDone: Done
  onChanged: () => void
}) {
  const { t, language } = useLanguage()
  const { extension, closed } = request
  return (
    <section className="panel stack" aria-labelledby="request-facts">
      <h2 id="request-facts" tabIndex={-1}>
        {t('requests.request.facts')}
      </h2>
      <dl className="facts">
        <Fact label={t('requests.asked')}>
          <ul className="plain-list">
            {inOrder(request.kinds).map((kind) => (
              <li key={kind}>{t(`requests.request.kind.${kind}`)}</li>
            ))}
          </ul>
        </Fact>
        <Fact label={t('requests.due')}>
          <Due request={request} />
          {extension && (
            <span className="second">
              {t(`requests.request.extended.${extension.reason}`, { time: formatInstant(extension.at, language) })}
            </span>
          )}
        </Fact>
        <Fact label={t('requests.handler')}>
          {request.assignedTo?.name ?? <span className="muted">{t('requests.handler.none')}</span>}
        </Fact>
        <Fact label={t('requests.request.received')}>
          {formatInstant(request.receivedAt, language)}
          <span className="second">
            {t(`requests.request.channel.${request.channel}`)},{' '}
            {t('requests.request.enteredBy', { name: request.enteredBy.name })}
          </span>
        </Fact>
        <Fact label={t('requests.request.language')}>{t(`shell.language.${request.language}`)}</Fact>
      </dl>
      {!closed && (
        <div className="actions actions-forms">
          <Assign request={request} me={me} onDone={onDone} onRefused={onChanged} />
          <ChangeRequest request={request} me={me} onDone={onDone} />
          {!extension && !request.isOverdue && <ExtendRequest request={request} onDone={onDone} />}
        </div>
      )}
    </section>
  )
}

/** Assigns the request to oneself or another person. */
function Assign({
  request,
  me,
  onDone,
  onRefused,
}: {
  request: RequestDetail
  me: Me
  onDone: Done
  /** Called if the request has been assigned to somebody else meanwhile: reads the page again. */
  onRefused: () => void
}) {
  const { t } = useLanguage()
  const assign = $api.useMutation('post', '/api/requests/{id}/assignment')
  const clerks = useQueue({}, me).data?.clerks ?? []
  const [personId, setPersonId] = useState(request.assignedTo?.id ?? '')
  const take = $api.useMutation('post', '/api/requests/{id}/assignment')
  const seen = request.assignedTo?.id ?? null
  const assignTo = async (handlerId: string, mutation: typeof assign) => {
    const done = await mutation
      .mutateAsync({ params: { path: { id: request.id } }, body: { personId: handlerId || null, seen } })
      .then(
        () => true,
        () => false,
      )
    if (!done) {
      onRefused()
      return false
    }
    const name = clerks.find(({ id }) => id === handlerId)?.name ?? me.name
    await onDone(
      handlerId ? t('requests.request.assigned', { name }) : t('requests.request.assigned.none'),
      'request-facts',
    )
    return true
  }
  return (
    <>
      {request.assignedTo?.id !== me.personId && (
        <Button isBusy={take.isPending} onPress={() => void assignTo(me.personId, take)}>
          {t('requests.request.take')}
        </Button>
      )}
      {(clerks.length > 1 || request.assignedTo) && (
        <Step
          open={t('requests.request.assign')}
          submit={t('requests.request.assign.do')}
          isBusy={assign.isPending}
          error={assign.error}
          onOpen={() => setPersonId(request.assignedTo?.id ?? '')}
          onSubmit={() => assignTo(personId, assign)}
        >
          <Choice
            label={t('requests.handler')}
            options={[
              { value: '', label: t('requests.handler.none') },
              ...clerks.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            value={personId}
            onChange={setPersonId}
          />
        </Step>
      )}
      {take.error && <Failure error={take.error} />}
    </>
  )
}
