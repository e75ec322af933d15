import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Contact } from '../api/shapes.ts'
import { CallerText } from '../contacts/caller-text.tsx'
import { RecordingBadge } from '../contacts/recording-badge.tsx'
import { TableOrCards, type Column } from '../controls/table.tsx'
import { formatTime } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Prohibition } from '../retention/retention-shapes.ts'
import { usePurposeState } from '../session/purpose.tsx'
import { byDay, type OwnCall } from './by-day.ts'
import { ForbidOwn } from './forbid-own.tsx'

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
  const { t, language, named } = useLanguage()
  const [forbidden, setForbidden] = useState<ReadonlyMap<string, Prohibition>>(new Map())
  const days = byDay(contacts, language)
  const columns: Column<OwnCall>[] = [
    { head: t('contacts.field.start'), cell: (call) => <Start call={call} />, className: 'nowrap' },
    { head: t('contacts.field.caller'), cell: ({ contact }) => <CallerText caller={contact.caller} /> },
    {
      head: t('contacts.field.number'),
      cell: ({ contact }) => (
        <>
          <span className="number">{formatPhone(contact.number)}</span>
          {contact.numberName && <span className="second">{named(contact.numberName)}</span>}
        </>
      ),
    },
    {
      head: t('contacts.field.recording'),
      cell: ({ segment }) => <RecordingBadge recording={segment.recording} isOngoing={segment.endedAt == null} />,
    },
  ]
  const act = (call: OwnCall) => (
    <Act
      call={call}
      forbidden={forbidden}
      onForbidden={(one) => {
        setForbidden((before) => new Map(before).set(one.recordingId, one))
        onChanged()
      }}
    />
  )
  return days.map(({ title, calls, count }, index) => (
    <section key={title} className="own-day" aria-label={title}>
      <h3>
        {title}{' '}
        {!(isCut && index === days.length - 1) && <span className="own-count">{t('my-calls.count', { count })}</span>}
      </h3>
      <TableOrCards
        minPx={1120}
        caption={title}
        className="results live-table"
        cardsClassName="cards own-cards"
        cardsLabel={title}
        rows={calls}
        keyOf={({ segment }) => segment.id}
        title={(call) => <Start call={call} />}
        columns={[...columns, { head: t('my-calls.forbid.title'), cell: act }]}
        fields={columns.slice(1)}
        cardFoot={act}
      />
    </section>
  ))
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
}: {
  call: OwnCall
  forbidden: ReadonlyMap<string, Prohibition>
  onForbidden: (prohibition: Prohibition) => void
}) {
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
