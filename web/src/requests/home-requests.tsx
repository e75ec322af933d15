import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { paths } from '../api/paths.ts'
import type { Me } from '../api/shapes.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { Choice } from '../controls/choice.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { languageNames } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { inOrder } from './queue.ts'
import { invalidateQueue, servesRequests } from './use-queue.ts'

type HomeRequest = paths['/api/home-requests']['get']['responses'][200]['content']['application/json']['items'][number]
type Reason = paths['/api/home-requests/{id}/discard']['post']['requestBody']['content']['application/json']['reason']

const reasons = ['DUPLICATE', 'NOT_A_REQUEST', 'UNREACHABLE', 'WITHDRAWN'] as const satisfies readonly Reason[]

/** Requests from the public page, oldest first: each is accepted as a request, or discarded with a reason. */
export function HomeRequests({ me }: { me: Me }) {
  const { t } = useLanguage()
  const { data, error, refetch } = $api.useQuery('get', '/api/home-requests', undefined, {
    enabled: servesRequests(me),
    staleTime: 0,
  })
  if (error) return <Failure error={error} onAgain={() => void refetch()} />
  const items = data?.items ?? []
  if (items.length === 0) return null
  return (
    <section className="panel stack" aria-labelledby="home-requests">
      <h2 id="home-requests">{t('requests.home.title', { count: items.length })}</h2>
      <p className="measure">{t('requests.home.what')}</p>
      <ul className="plain-list stack">
        {items.map((one) => (
          <HomeRequestRow key={one.id} one={one} onChanged={() => void refetch()} />
        ))}
      </ul>
    </section>
  )
}

function HomeRequestRow({ one, onChanged }: { one: HomeRequest; onChanged: () => void }) {
  const { t, language } = useLanguage()
  const { requester } = one
  return (
    <li className="stack-small">
      <h3 className="breaking">
        {requester.name}, {t(`requests.party.${one.party}`)}
      </h3>
      <dl className="facts">
        <Fact label={t('requests.request.received')}>
          {formatInstant(one.receivedAt, language)}
          <span className="second">
            {t('requests.request.channel.HOME')}, {languageNames[one.language]}
          </span>
        </Fact>
        <Fact label={t('requests.due')}>{formatInstant(one.dueAt, language)}</Fact>
        <Fact label={t('requests.request.identified')}>
          {one.identifiedAt
            ? t('requests.home.identified', { time: formatInstant(one.identifiedAt, language) })
            : t('requests.home.unidentified')}
        </Fact>
        <Fact label={t('requests.asked')}>
          <ul className="plain-list">
            {inOrder(one.kinds).map((kind) => (
              <li key={kind}>{t(`requests.request.kind.${kind}`)}</li>
            ))}
          </ul>
        </Fact>
        <Fact label={t('requests.home.told')}>
          <span className="request-address breaking">{one.told}</span>
        </Fact>
        {requester.address && (
          <Fact label={t('requests.request.address')}>
            <span className="request-address">{requester.address}</span>
          </Fact>
        )}
        {requester.phone && <Fact label={t('requests.request.phone.fact')}>{requester.phone}</Fact>}
        {requester.email && (
          <Fact label={t('requests.request.email.fact')}>
            <span className="breaking">{requester.email}</span>
          </Fact>
        )}
        {one.userId !== undefined && <Fact label={t('requests.home.userId')}>{one.userId}</Fact>}
      </dl>
      <div className="actions actions-forms">
        {one.party === 'OFFICIAL' ? <AcceptOfficial one={one} /> : <Accept one={one} />}
        <Discard one={one} onChanged={onChanged} />
      </div>
    </li>
  )
}

function useAccept() {
  const navigate = useNavigate()
  const accept = $api.useMutation('post', '/api/home-requests/{id}/acceptance')
  const open = async ({ id }: { id: string }) => {
    invalidateQueue()
    await navigate({ to: '/requests/$id', params: { id } })
  }
  return { accept, open }
}

function Accept({ one }: { one: HomeRequest }) {
  const { t } = useLanguage()
  const { accept, open } = useAccept()
  const request = { params: { path: { id: one.id } }, body: {} }
  const label = t('requests.home.accept')
  return (
    <>
      <Button
        kind="primary"
        aria-label={`${label}: ${one.requester.name}`}
        isBusy={accept.isPending}
        onPress={() => void accept.mutateAsync(request).then(open, () => undefined)}
      >
        {label}
      </Button>
      {accept.error && <Failure error={accept.error} />}
    </>
  )
}

/** The requester stated a user id that nobody has checked: the clerk confirms or corrects it. */
function AcceptOfficial({ one }: { one: HomeRequest }) {
  const { t } = useLanguage()
  const { accept, open } = useAccept()
  const [userId, setUserId] = useState(one.userId ?? '')
  return (
    <ActStep
      open={t('requests.home.accept')}
      named={`${t('requests.home.accept')}: ${one.requester.name}`}
      submit={t('requests.home.accept')}
      kind="primary"
      act={accept}
      request={() =>
        userId.trim() ? { params: { path: { id: one.id } }, body: { officialUserId: userId } } : undefined
      }
      onDone={open}
    >
      <Field
        label={t('requests.request.userId')}
        hint={t('requests.home.userId.hint')}
        error={userId.trim() === '' ? t('requests.request.userId.missing') : undefined}
        value={userId}
        onChange={setUserId}
        maxLength={64}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck="false"
      />
    </ActStep>
  )
}

function Discard({ one, onChanged }: { one: HomeRequest; onChanged: () => void }) {
  const { t } = useLanguage()
  const discard = $api.useMutation('post', '/api/home-requests/{id}/discard')
  const [reason, setReason] = useState<Reason>('DUPLICATE')
  return (
    <ActStep
      open={t('requests.home.discard')}
      named={`${t('requests.home.discard')}: ${one.requester.name}`}
      submit={t('requests.home.discard.do')}
      act={discard}
      request={() => ({ params: { path: { id: one.id } }, body: { reason } })}
      onDone={() => {
        onChanged()
        announce(t('requests.home.discarded'))
      }}
    >
      <Choice
        label={t('requests.home.reason')}
        options={reasons.map((value) => ({ value, label: t(`requests.home.reason.${value}`) }))}
        value={reason}
        onChange={(value) => setReason(value as Reason)}
      />
      <p className="hint">{t('requests.home.discard.hint')}</p>
    </ActStep>
  )
}
