import { Link } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { Checks } from '../controls/checks.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { RightRequest } from './rights-shapes.ts'
import { periodText, roleText } from './rights-words.ts'
import { ScopeWords } from './scope-words.tsx'
import { useDecide } from './use-decide.ts'

/** One submission, for one or several persons, and its decision. */
export function RequestCard({
  requests,
  onDecided,
}: {
  requests: readonly [RightRequest, ...RightRequest[]]
  onDecided: () => void
}) {
  const { t, language } = useLanguage()
  const title = useId()
  const [first] = requests
  const isOne = requests.length === 1
  return (
    <section className="panel stack-small" aria-labelledby={title}>
      <h3 id={title}>
        {isOne
          ? `${first.person.name}: ${roleText(first, t)}`
          : t('rights.batch', { role: roleText(first, t), count: requests.length })}
      </h3>
      <RequestFacts request={first} withPerson={isOne} />
      <p className="muted">
        {t('rights.asked', { name: first.requestedBy.name, time: formatInstant(first.requestedAt, language) })}
      </p>
      {first.mayDecide ? (
        <Decide requests={requests} onDecided={onDecided} />
      ) : (
        <ul className="plain-list">
          {requests.map((request) => (
            <PersonItem key={request.id} request={request} />
          ))}
        </ul>
      )}
    </section>
  )
}

function PersonItem({ request: { person, userId } }: { request: RightRequest }) {
  return (
    <li>
      <Link to="/rights/people/$id" params={{ id: person.id }}>
        {person.name}
      </Link>{' '}
      <span className="muted">{userId}</span>
    </li>
  )
}

/** Content of a request. */
export function RequestFacts({ request, withPerson = false }: { request: RightRequest; withPerson?: boolean }) {
  const { t, language } = useLanguage()
  return (
    <dl className="facts right-facts">
      {withPerson && (
        <Fact label={t('rights.person')}>
          <Link to="/rights/people/$id" params={{ id: request.person.id }}>
            {request.person.name}
          </Link>{' '}
          <span className="muted">{request.userId}</span>
        </Fact>
      )}
      <Fact label={t('rights.purposes')}>
        {request.purposes.length === 0
          ? t('rights.purposes.none')
          : request.purposes.map((purpose) => t(`session.purpose.${purpose}`)).join(', ')}
      </Fact>
      <Fact label={t('rights.scope')}>
        <ScopeWords scope={request.scope} />
      </Fact>
      <Fact label={t('rights.period')}>{periodText(request, t, language)}</Fact>
      <Fact label={t('rights.reason')}>
        <span className="written">{request.reason}</span>
      </Fact>
    </dl>
  )
}

function Decide({ requests, onDecided }: { requests: readonly RightRequest[]; onDecided: () => void }) {
  const { t } = useLanguage()
  const field = useId()
  const [chosen, setChosen] = useState(() => requests.map(({ id }) => id))
  const [note, setNote] = useState('')
  const [isMissing, setMissing] = useState(false)
  const [confirming, setConfirming] = useState<'approve' | 'reject'>()
  const { decide, left, undecided } = useDecide()
  const isBusy = left !== undefined
  const wanted = requests.filter(({ id }) => chosen.includes(id))
  const count = wanted.length

  const submit = async (approve: boolean) => {
    const done = await decide(wanted, approve, note)
    if (done > 0) announce(t(approve ? 'rights.approved' : 'rights.rejected', { count: done }))
    if (done === wanted.length) onDecided()
  }
  const approve = () => {
    setMissing(false)
    setConfirming('approve')
  }
  const reject = () => {
    if (note.trim() !== '') return setConfirming('reject')
    setMissing(true)
    document.getElementById(field)?.focus()
    return undefined
  }

  return (
    <div className="stack-small">
      {requests.length > 1 && (
        <Checks
          label={t('rights.people')}
          options={requests.map(({ id, person, userId }) => ({ value: id, label: `${person.name} (${userId})` }))}
          value={chosen}
          onChange={setChosen}
        />
      )}
      <Field
        id={field}
        label={t('rights.note')}
        hint={t('rights.note.hint')}
        error={isMissing && note.trim() === '' ? t('rights.note.missing') : undefined}
        rows={2}
        value={note}
        onChange={setNote}
        maxLength={2000}
      />
      {undecided.length > 0 && (
        <Notice kind="error" isUrgent title={t('rights.undecided')}>
          <ul>
            {undecided.map(({ id, name, text }) => (
              <li key={id}>{text.startsWith(name) ? text : `${name}: ${text}`}</li>
            ))}
          </ul>
        </Notice>
      )}
      <div className="actions">
        <Button kind="primary" isBusy={isBusy} isDisabled={count === 0} onPress={approve}>
          {isBusy
            ? t('rights.deciding', { count: left })
            : requests.length > 1
              ? t('rights.approve.several', { count })
              : t('rights.approve')}
        </Button>
        <Button kind="secondary" isBusy={isBusy} isDisabled={count === 0} onPress={reject}>
          {t('rights.reject')}
        </Button>
      </div>
      <Confirm
        title={t(confirming === 'reject' ? 'rights.reject.sure' : 'rights.approve.sure', {
          count,
          name: wanted[0]?.person.name ?? '',
        })}
        doLabel={t(confirming === 'reject' ? 'rights.reject' : 'rights.approve')}
        isOpen={confirming !== undefined}
        onClose={() => setConfirming(undefined)}
        onDo={() => void submit(confirming === 'approve')}
      >
        <p>{t(confirming === 'reject' ? 'rights.reject.what' : 'rights.approve.what')}</p>
      </Confirm>
    </div>
  )
}

/** Request that did not become a right: content and outcome. */
export function PastRequest({ request, withPerson = false }: { request: RightRequest; withPerson?: boolean }) {
  const { t, language } = useLanguage()
  const { decidedBy, decidedAt, note, state } = request
  return (
    <li className="past">
      <p>
        <strong>
          {withPerson && `${request.person.name}: `}
          {roleText(request, t)}
        </strong>{' '}
        <span className="badge badge-none">{t(`rights.request.${state}`)}</span>
      </p>
      <p className="written">{request.reason}</p>
      <p className="muted">
        {t('rights.asked', { name: request.requestedBy.name, time: formatDate(request.requestedAt, language) })}
        {decidedBy &&
          decidedAt &&
          ` ${t('rights.decidedBy', { name: decidedBy.name, time: formatDate(decidedAt, language) })}`}
      </p>
      {note && <p className="note">{note}</p>}
    </li>
  )
}
