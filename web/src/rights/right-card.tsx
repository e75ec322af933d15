import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { RotateCw } from 'lucide-react'
import { useId, useState } from 'react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import type { HeldRight } from './rights-shapes.ts'
import { endsSoon, refusalIn, doubtText, periodText, roleText } from './rights-words.ts'
import { ScopeWords } from './scope-words.tsx'
import { invalidateRights } from './use-decide.ts'

/** A current or future right: scope, decision, end, and acts to end or renew it. */
export function RightCard({
  right,
  all,
  mayRequest,
}: {
  right: HeldRight
  all: readonly HeldRight[]
  mayRequest: boolean
}) {
  const { t, language } = useLanguage()
  const title = useId()
  const isEnding = endsSoon(right, all, serverNowMs())
  return (
    <section className="panel stack-small" aria-labelledby={title}>
      <div className="right-head">
        <h3 id={title}>{roleText(right, t)}</h3>
        <span className={`badge ${right.state === 'active' ? 'badge-available' : 'badge-none'}`}>
          {t(`rights.state.${right.state}`)}
        </span>
      </div>
      {isEnding && (
        <Notice kind="warning">{t('rights.endsSoon', { date: formatDate(right.until ?? '', language) })}</Notice>
      )}
      <Doubts right={right} />
      <RightFacts right={right} />
      <Reviews right={right} />
      <div className="actions">
        {mayRequest && right.until !== undefined && (
          <Link
            to="/rights/new"
            search={{ person: right.person.id, renew: right.id }}
            className="button button-secondary"
          >
            <RotateCw aria-hidden="true" size={18} />
            {t('rights.renew')}
            <span className="visually-hidden">: {roleText(right, t)}</span>
          </Link>
        )}
        {right.mayRevoke && <Revoke right={right} />}
      </div>
    </section>
  )
}

/** Doubts about a right. */
export function Doubts({ right }: { right: HeldRight }) {
  const { t } = useLanguage()
  const [first, ...others] = right.doubts
  if (!first) return null
  if (others.length === 0) return <Notice kind="warning">{doubtText(first, t)}</Notice>
  return (
    <Notice kind="warning">
      <ul>
        {right.doubts.map((doubt) => (
          <li key={doubt}>{doubtText(doubt, t)}</li>
        ))}
      </ul>
    </Notice>
  )
}

/** Scope and decision of a right. */
export function RightFacts({ right }: { right: HeldRight }) {
  const { t, language } = useLanguage()
  return (
    <dl className="facts right-facts">
      <Fact label={t('rights.reaches')}>
        {right.reaches.length === 0 ? (
          t('rights.reaches.none')
        ) : (
          <ul className="plain-list">
            {right.reaches.map(({ purpose, referenceNeeded }) => (
              <li key={purpose}>
                {t(`session.purpose.${purpose}`)}
                {referenceNeeded && <span className="second">{t('rights.reference')}</span>}
              </li>
            ))}
          </ul>
        )}
      </Fact>
      <Fact label={t('rights.scope')}>
        <ScopeWords scope={right.scope} />
      </Fact>
      <Fact label={t('rights.period')}>{periodText(right, t, language)}</Fact>
      <Decision right={right} />
    </dl>
  )
}

/** Requester, reason and approver; or that the installation granted it. */
function Decision({ right }: { right: HeldRight }) {
  const { t, language } = useLanguage()
  const { requestedBy, requestedAt, approvedBy, grantedAt, reason, note } = right
  if (right.origin === 'installation') {
    return (
      <Fact label={t('rights.decision')}>{t('rights.installation', { time: formatInstant(grantedAt, language) })}</Fact>
    )
  }
  return (
    <>
      {reason && (
        <Fact label={t('rights.reason')}>
          <span className="written">{reason}</span>
        </Fact>
      )}
      <Fact label={t('rights.decision')}>
        <ul className="plain-list">
          {requestedBy && (
            <li>
              {t('rights.asked', { name: requestedBy.name, time: formatInstant(requestedAt ?? grantedAt, language) })}
            </li>
          )}
          {approvedBy && (
            <li>{t('rights.approvedBy', { name: approvedBy.name, time: formatInstant(grantedAt, language) })}</li>
          )}
          {note && <li className="note">{note}</li>}
        </ul>
      </Fact>
    </>
  )
}

/** Reviews of a right, latest first. */
function Reviews({ right }: { right: HeldRight }) {
  const { t, language } = useLanguage()
  if (right.reviews.length === 0) return null
  return (
    <details className="more-of">
      <summary>{t('rights.reviews', { count: right.reviews.length })}</summary>
      <ul className="plain-list">
        {right.reviews.toReversed().map(({ at, by, kept, note }) => (
          <li key={at}>
            {t(kept ? 'rights.review.kept' : 'rights.review.ended', {
              name: by.name,
              time: formatInstant(at, language),
            })}
            {note && <p className="note">{note}</p>}
          </li>
        ))}
      </ul>
    </details>
  )
}

function Revoke({ right }: { right: HeldRight }) {
  const { t } = useLanguage()
  const client = useQueryClient()
  const field = useId()
  const [isOpen, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const [isMissing, setMissing] = useState(false)
  const revoke = $api.useMutation('post', '/api/rights/{id}/revocation')
  const submit = async () => {
    setMissing(reason.trim() === '')
    const body = reason.trim() ? { reason: reason.trim() } : {}
    const done = await revoke.mutateAsync({ params: { path: { id: right.id } }, body }).catch(() => undefined)
    if (!done) return document.getElementById(field)?.focus()
    announce(t('rights.revoked', { role: roleText(right, t) }))
    await invalidateRights(client)
    return undefined
  }
  if (!isOpen) {
    return (
      <Button kind="secondary" onPress={() => setOpen(true)}>
        {t('rights.revoke')}
        <span className="visually-hidden">: {roleText(right, t)}</span>
      </Button>
    )
  }
  const refused = revoke.error ? refusalIn(revoke.error, t) : undefined
  return (
    <div className="stack-small revoke">
      <p>{t('rights.revoke.what')}</p>
      <Field
        id={field}
        label={t('rights.revoke.reason')}
        hint={t('rights.revoke.hint')}
        error={isMissing && refused?.field === 'note' ? refused.text : undefined}
        rows={2}
        value={reason}
        onChange={setReason}
        maxLength={2000}
      />
      {refused && refused.field !== 'note' && (
        <Notice kind="error" isUrgent>
          {refused.text}
        </Notice>
      )}
      <div className="actions">
        <Button kind="primary" isBusy={revoke.isPending} onPress={() => void submit()}>
          {t('rights.revoke.do')}
        </Button>
        <Button kind="secondary" onPress={() => setOpen(false)}>
          {t('rights.revoke.not')}
        </Button>
      </div>
    </div>
  )
}

/** A past right, with a link to request it again if nothing has replaced it. */
export function PastRight({ right, mayRequest }: { right: HeldRight; mayRequest: boolean }) {
  const { t, language } = useLanguage()
  const { revoked, requestedBy, approvedBy, reason } = right
  return (
    <li className="past">
      <p>
        <strong>{roleText(right, t)}</strong>{' '}
        <span className="badge badge-none">{t(`rights.state.${right.state}`)}</span>
      </p>
      <p>
        {periodText(right, t, language)}
        {right.purposes.length > 0 &&
          ` · ${right.purposes.map((purpose) => t(`session.purpose.${purpose}`)).join(', ')}`}
        {` · ${t(`rights.limit.${right.scope.kind}`)}`}
      </p>
      {revoked && (
        <p>
          {revoked.by
            ? t(`rights.cause.${revoked.cause}`, { name: revoked.by.name, time: formatInstant(revoked.at, language) })
            : t('rights.cause.employment', { name: right.person.name, time: formatInstant(revoked.at, language) })}
        </p>
      )}
      {revoked?.reason && <p className="note">{revoked.reason}</p>}
      {reason && <p className="written">{reason}</p>}
      {requestedBy && approvedBy && (
        <p className="muted">
          {t('rights.asked', {
            name: requestedBy.name,
            time: formatDate(right.requestedAt ?? right.grantedAt, language),
          })}{' '}
          {t('rights.approvedBy', { name: approvedBy.name, time: formatDate(right.grantedAt, language) })}
        </p>
      )}
      {mayRequest && (
        <div className="actions">
          <Link
            to="/rights/new"
            search={{ person: right.person.id, renew: right.id }}
            className="button button-secondary small"
          >
            <RotateCw aria-hidden="true" size={18} />
            {t('rights.again')}
            <span className="visually-hidden">: {roleText(right, t)}</span>
          </Link>
        </div>
      )}
    </li>
  )
}
