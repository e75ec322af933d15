import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Failure } from '../controls/failure.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { inOrder } from '../requests/queue.ts'

/** What the official has forbidden and asked, and where to ask after leaving (R48). */
export function OwnActs() {
  const { say, language, named } = useLanguage()
  const { data, error, isPending, refetch } = $api.useQuery('get', '/api/my-calls/acts')
  if (isPending) return <Waiting lines={4} />
  if (error) return <Failure error={error} onAgain={() => void refetch()} />
  const { forbidden, asked, serviceUnit } = data
  return (
    <>
      <section className="panel stack-small" aria-labelledby="own-forbidden">
        <h2 id="own-forbidden">{say('myCalls.forbidden')}</h2>
        {forbidden.length === 0 && <p className="muted">{say('myCalls.forbidden.none')}</p>}
        {forbidden.length > 0 && (
          <ul className="own-list">
            {forbidden.map((one) => (
              <li key={one.id}>
                <Link to="/contacts/$id" params={{ id: one.contactId }}>
                  {say('myCalls.call', { time: formatInstant(one.startedAt, language) })}
                </Link>
                <span>{say(`myCalls.wish.${one.party}`, { time: formatInstant(one.receivedAt, language) })}</span>
                <span className="second">
                  {one.executedAt
                    ? say('forbid.executed', { time: formatInstant(one.executedAt, language) })
                    : say(one.state === 'waiting' ? 'forbid.waiting' : 'forbid.blocked')}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className="panel stack-small" aria-labelledby="own-asked">
        <h2 id="own-asked">{say('myCalls.asked')}</h2>
        {asked.length === 0 && <p className="muted">{say('myCalls.asked.none')}</p>}
        {asked.length > 0 && (
          <ul className="own-list">
            {asked.map((one) => (
              <li key={one.number}>
                <strong>{one.number}</strong>
                <span>
                  {inOrder(one.kinds)
                    .map((kind) => say(`request.kind.${kind}`))
                    .join(', ')}
                </span>
                <span className="second">
                  {say('myCalls.received', { date: formatDate(one.receivedAt, language) })}{' '}
                  {one.closedAt && one.outcome
                    ? say(`myCalls.closed.${one.outcome}`, { date: formatDate(one.closedAt, language) })
                    : say('myCalls.due', { date: formatDate(one.dueAt, language) })}
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className="panel stack-small" aria-labelledby="own-after">
        <h2 id="own-after">{say('myCalls.after')}</h2>
        <p>{say('myCalls.after.what')}</p>
        <address>
          {named(serviceUnit.name)}
          <br />
          {named(serviceUnit.postalAddress)}
          <br />
          {say('myCalls.switchboard', { number: named(serviceUnit.switchboard) })}
        </address>
      </section>
    </>
  )
}
