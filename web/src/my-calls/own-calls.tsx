import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Contact } from '../api/shapes.ts'
import { CallerText } from '../contacts/caller-text.tsx'
import { RecordingBadge } from '../contacts/recording-badge.tsx'
import { formatTime } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Prohibition } from '../retention/retention-shapes.ts'
import { usePurposeState } from '../session/purpose.tsx'
import { useWide } from '../shell/use-wide.ts'
import { byDay, type OwnCall } from './by-day.ts'
import { ForbidOwn } from './forbid-own.tsx'

interface ListProps {
  calls: OwnCall[]
  title: string
  forbidden: ReadonlyMap<string, Prohibition>
  onForbidden: (prohibition: Prohibition) => void
}

/** Calls by day: a table, or cards on narrow screens. */
export function OwnCalls({
  contacts,
  isCut,
  onChanged,
}: {
  contacts: Contact[]
  /** True if older calls are not listed: the count of the last day is then incomplete. */
  isCut: boolean
  onChanged: () => void
}) {
  const { t, language } = useLanguage()
  const [forbidden, setForbidden] = useState<ReadonlyMap<string, Prohibition>>(new Map())
  const Calls = useWide(1120) ? CallsTable : CallCards
  const days = byDay(contacts, language)
  return days.map(({ title, calls, count }, index) => (
    <section key={title} className="own-day" aria-label={title}>
      <h3>
        {title}{' '}
        {!(isCut && index === days.length - 1) && <span className="own-count">{t('my-calls.count', { count })}</span>}
      </h3>
      <Calls
        title={title}
        calls={calls}
        forbidden={forbidden}
        onForbidden={(one) => {
          setForbidden((before) => new Map(before).set(one.recordingId, one))
          onChanged()
        }}
      />
    </section>
  ))
}

function CallsTable({ title, calls, ...acts }: ListProps) {
  const { t, named } = useLanguage()
  return (
    <table className="results live-table">
      <caption className="visually-hidden">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{t('contacts.field.start')}</th>
          <th scope="col">{t('contacts.field.caller')}</th>
          <th scope="col">{t('contacts.field.number')}</th>
          <th scope="col">{t('contacts.field.recording')}</th>
          <th scope="col">{t('my-calls.forbid.title')}</th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => (
          <tr key={call.segment.id}>
            <td className="nowrap">
              <Start call={call} />
            </td>
            <td>
              <CallerText caller={call.contact.caller} />
            </td>
            <td>
              <span className="number">{formatPhone(call.contact.number)}</span>
              {call.contact.numberName && <span className="second">{named(call.contact.numberName)}</span>}
            </td>
            <td>
              <RecordingBadge recording={call.segment.recording} isOngoing={call.segment.endedAt == null} />
            </td>
            <td>
              <Act call={call} {...acts} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function CallCards({ title, calls, ...acts }: ListProps) {
  const { t, named } = useLanguage()
  return (
    <ul className="cards own-cards" aria-label={title}>
      {calls.map((call) => (
        <li key={call.segment.id} className="card">
          <p className="card-title">
            <Start call={call} />
          </p>
          <dl className="card-facts">
            <div>
              <dt>{t('contacts.field.caller')}</dt>
              <dd>
                <CallerText caller={call.contact.caller} />
              </dd>
            </div>
            <div>
              <dt>{t('contacts.field.number')}</dt>
              <dd>
                <span className="number">{formatPhone(call.contact.number)}</span>
                {call.contact.numberName && <span className="second">{named(call.contact.numberName)}</span>}
              </dd>
            </div>
            <div>
              <dt>{t('contacts.field.recording')}</dt>
              <dd>
                <RecordingBadge recording={call.segment.recording} isOngoing={call.segment.endedAt == null} />
              </dd>
            </div>
          </dl>
          <Act call={call} {...acts} />
        </li>
      ))}
    </ul>
  )
}

/** Link to the call's page for listening; always under INSPECTION. */
function Start({ call: { contact, segment, isFirst } }: { call: OwnCall }) {
  const { t, language } = useLanguage()
  const { choose } = usePurposeState()
  const time = formatTime(contact.startedAt, language, 'seconds')
  if (!isFirst) return <span className="second">{t('contacts.segment.transferred')}</span>
  return (
    <Link
      to="/contacts/$id"
      params={{ id: contact.id }}
      className="row-link"
      onClick={() => choose({ purpose: 'INSPECTION' })}
    >
      {time}
      {segment.recording.state === 'available' && <span className="own-listen"> {t('my-calls.listen')}</span>}
    </Link>
  )
}

function Act({
  call: { contact, segment },
  forbidden,
  onForbidden,
}: { call: OwnCall } & Pick<ListProps, 'forbidden' | 'onForbidden'>) {
  const { language } = useLanguage()
  const { id, state } = segment.recording
  const done = id === undefined ? undefined : forbidden.get(id)
  const canForbid = state === 'available' || state === 'capturing' || state === 'restricted'
  if (id === undefined || !(canForbid || done)) return null
  return (
    <ForbidOwn
      recordingId={id}
      when={formatTime(contact.startedAt, language, 'seconds')}
      isOngoing={state === 'capturing' && segment.endedAt == null}
      isGone={state === 'destroyed'}
      callerWishUntil={segment.callerWishUntil}
      forbidden={done}
      onForbidden={onForbidden}
    />
  )
}
