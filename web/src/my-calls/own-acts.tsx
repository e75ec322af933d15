import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { inOrder } from '../requests/queue.ts'

/** The official's prohibitions and requests, and whom to contact after leaving (R48). */
export function OwnActs() {
  const { t, language, named } = useLanguage()
  const { data, error, isPending, refetch } = $api.useQuery('get', '/api/my-calls/acts')
  if (isPending) return <Waiting lines={4} />
  if (error) return <Failure error={error} onAgain={() => void refetch()} />
  const { forbidden, asked: requests, serviceUnit } = data
  return (
    <>
      <section className="panel stack-small" aria-labelledby="own-forbidden">
        <h2 id="own-forbidden">{t('my-calls.forbidden')}</h2>
        {forbidden.length === 0 && <p className="muted">{t('my-calls.forbidden.none')}</p>}
        {forbidden.length > 0 && (
          <ul className="own-list">
            {forbidden.map((one) => (
              <li key={one.id}>
                <Link to="/contacts/$id" params={{ id: one.contactId }}>
                  {t('my-calls.call', { time: formatInstant(one.startedAt, language) })}
                </Link>
                <span>{t(`my-calls.wish.${one.party}`, { time: formatInstant(one.receivedAt, language) })}</span>
                <span className="second">
                  {one.executedAt
                    ? t('my-calls.forbid.executed', { time: formatInstant(one.executedAt, language) })
                    : t(one.state === 'waiting' ? 'my-calls.forbid.waiting' : 'my-calls.forbid.blocked')}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className="panel stack-small" aria-labelledby="own-asked">
        <h2 id="own-asked">{t('my-calls.asked')}</h2>
        {requests.length === 0 && <p className="muted">{t('my-calls.asked.none')}</p>}
        {requests.length > 0 && (
          <ul className="own-list">
            {requests.map((one) => (
              <li key={one.number}>
                <strong>{one.number}</strong>
                <span>
                  {inOrder(one.kinds)
                    .map((kind) => t(`requests.request.kind.${kind}`))
                    .join(', ')}
                </span>
                <span className="second">
                  {t('my-calls.received', { date: formatDate(one.receivedAt, language) })}{' '}
                  {one.closedAt && one.outcome
                    ? t(`my-calls.closed.${one.outcome}`, { date: formatDate(one.closedAt, language) })
                    : t('my-calls.due', { date: formatDate(one.dueAt, language) })}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className="panel stack-small" aria-labelledby="own-after">
        <h2 id="own-after">{t('my-calls.after')}</h2>
        <p>{t('my-calls.after.what')}</p>
        <address>
          {named(serviceUnit.name)}
          <br />
          {named(serviceUnit.postalAddress)}
          <br />
          {t('my-calls.switchboard', { number: named(serviceUnit.switchboard) })}
        </address>
      </section>
    </>
  )
}
