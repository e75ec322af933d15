import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { Choice } from '../controls/choice.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { deliveries, type Delivery } from '../letters/letter-shapes.ts'
import { announce } from '../shell/announce.tsx'
import { isUndecided, useAffectedRequests, type AffectedRequest } from './use-affected-requests.ts'

/** How a requester is notified in time: not by an answer at home, which is read whenever the requester opens it. */
type NoticeDelivery = Exclude<Delivery, 'HOME'>

/** Requests that a change affects, each with its decision: listen before, or notify in time (L29). */
export function AffectedRequests({ me }: { me: Me }) {
  const { t, language } = useLanguage()
  const { data, refetch } = useAffectedRequests(me)
  const items = data?.items ?? []
  if (items.length === 0) return null
  const at = (instant: string) => formatInstant(instant, language)
  return (
    <section className="panel stack-small" aria-labelledby="affected-requests">
      <h2 id="affected-requests">{t('requests.rights.title')}</h2>
      <p className="measure">{t('requests.rights.what')}</p>
      <ul className="plain-list stack-small">
        {items.map((one) => (
          <li key={`${one.draft} ${one.request.id}`} className="stack-small">
            <p>
              <Link to="/requests/$id" params={{ id: one.request.id }} className="row-link">
                {one.request.number}
              </Link>{' '}
              <span className="muted">
                {t('requests.rights.version', { version: one.version, time: at(one.effectiveFrom) })}.
              </span>{' '}
              {t('requests.rights.ends', { time: at(one.endsAt) })} <Decision one={one} />
            </p>
            {isUndecided(one) && (
              <NotifyButton
                one={one}
                onNotified={() => {
                  void refetch()
                  announce(t('requests.rights.told', { number: one.request.number }))
                }}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Decision({ one: { isHeardBefore, isBooked, told: reported } }: { one: AffectedRequest }) {
  const { t, language } = useLanguage()
  if (isHeardBefore) return t('requests.rights.heard')
  if (reported)
    return t('requests.rights.toldAt', {
      time: formatInstant(reported.at, language),
      how: t(`letters.delivery.${reported.how}`),
    })
  return <strong>{t(isBooked ? 'requests.rights.booked' : 'requests.rights.open')}</strong>
}

function NotifyButton({ one, onNotified }: { one: AffectedRequest; onNotified: () => void }) {
  const { t } = useLanguage()
  const notify = $api.useMutation('post', '/api/pending-rights/{id}/told')
  const [how, setHow] = useState<NoticeDelivery>('POST')
  return (
    <ActStep
      open={t('requests.rights.tell')}
      named={`${t('requests.rights.tell')}: ${one.request.number}`}
      submit={t('requests.rights.tell.do')}
      act={notify}
      request={() => ({ params: { path: { id: one.draft } }, body: { requestId: one.request.id, how } })}
      onDone={onNotified}
    >
      <Choice
        label={t('letters.how')}
        options={deliveries.map((value) => ({ value, label: t(`letters.delivery.${value}`) }))}
        value={how}
        onChange={(value) => setHow(value as NoticeDelivery)}
      />
    </ActStep>
  )
}
