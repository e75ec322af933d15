import { Link } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { useId } from 'react'
import { serverNowMs } from '../api/server-time.ts'
import { Fact } from '../contact/facts.tsx'
import { focusHeading } from '../controls/focus-heading.ts'
import { Notice } from '../controls/notice.tsx'
import { formatInstant, formatUntil } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { purposesOf } from '../session/rights.ts'
import { useMe } from '../session/use-presence.ts'
import { announce } from '../shell/announce.tsx'
import { EndHold, RenewHold } from './hold-steps.tsx'
import { endsSoon, type Hold } from './retention-shapes.ts'

/** One preservation order: order, legal provision, end, and what waits for its end. */
export function HoldCard({
  hold,
  isBesideCall = false,
  onChanged,
}: {
  hold: Hold
  /** The call is on the same page. */
  isBesideCall?: boolean
  onChanged: () => void
}) {
  const { t, language } = useLanguage()
  const title = useId()
  const searchesCase = purposesOf(useMe()).some(({ purpose }) => purpose === 'CRIME_OR_MISUSE')
  const Heading = isBesideCall ? 'h3' : 'h2'
  const at = (instant: string) => formatInstant(instant, language)
  const end = (instant: string) => formatUntil(instant, language)
  const pastTerm = hold.recordings.filter(({ isPastTerm }) => isPastTerm).length
  return (
    <section className={isBesideCall ? 'stack-small inspection' : 'panel stack-small'} aria-labelledby={title}>
      <div className="alarm-head">
        <Heading id={title} tabIndex={-1}>
          {hold.orderReference}
        </Heading>
        <span className={`badge badge-${hold.state === 'in-force' ? 'restricted' : 'none'}`}>
          <Lock aria-hidden="true" size={16} />
          {t(`retention.holds.state.${hold.state}`)}
        </span>
      </div>
      {endsSoon(hold, serverNowMs()) && (
        <Notice kind="warning">{t('retention.holds.endsSoon', { time: end(hold.until) })}</Notice>
      )}
      <dl className="facts">
        <Fact label={t('retention.holds.authority')}>{hold.authority}</Fact>
        <Fact label={t('retention.holds.provision')}>{hold.provision}</Fact>
        <Fact label={t('retention.holds.covers')}>{t(`retention.holds.covers.${hold.covers}`)}</Fact>
        <Fact label={t('retention.holds.from')}>
          {at(hold.from)}
          <span className="second">{t('retention.holds.enteredBy', { name: hold.enteredBy })}</span>
        </Fact>
        <Fact label={t('retention.holds.until')}>{end(hold.until)}</Fact>
        {/* Only persons with the purpose CRIME_OR_MISUSE may open the call. */}
        {!isBesideCall && searchesCase && (
          <Fact label={t('retention.holds.contact')}>
            <Link to="/contacts/$id" params={{ id: hold.contactId }}>
              {t('retention.holds.contact.open')}
            </Link>
          </Fact>
        )}
      </dl>
      {hold.recordings.length > 0 && (
        <p>
          {t('retention.holds.recordings', {
            count: hold.recordings.length,
            number: formatCount(hold.recordings.length, language),
          })}{' '}
          {pastTerm > 0 && t('retention.holds.pastTerm', { count: pastTerm, number: formatCount(pastTerm, language) })}
        </p>
      )}
      {hold.waitingProhibitions > 0 && (
        <p>
          {t('retention.holds.waiting', {
            count: hold.waitingProhibitions,
            number: formatCount(hold.waitingProhibitions, language),
          })}
        </p>
      )}
      {hold.renewals.length > 0 && (
        <>
          <p className="label">{t('retention.holds.renewals')}</p>
          <ul className="plain-list">
            {hold.renewals.map(({ at: when, until, orderReference, by }) => (
              <li key={when}>
                {t('retention.holds.renewal', {
                  time: at(when),
                  until: end(until),
                  reference: orderReference,
                  name: by,
                })}
              </li>
            ))}
          </ul>
        </>
      )}
      {hold.ended && (
        <div className="alarm-closed">
          <p>
            {hold.ended.by
              ? t('retention.holds.ended.by', { time: at(hold.ended.at), name: hold.ended.by })
              : t('retention.holds.ended.itself', { time: at(hold.ended.at) })}
          </p>
          {hold.ended.note && <p className="note">{hold.ended.note}</p>}
        </div>
      )}
      {(hold.may.renew || hold.may.end) && (
        <div className="actions actions-forms">
          {hold.may.renew && <RenewHold hold={hold} onDone={() => done('retention.holds.renewed')} />}
          {hold.may.end && <EndHold hold={hold} onDone={() => done('retention.holds.ended')} />}
        </div>
      )}
      {hold.state === 'in-force' && !hold.may.end && <p className="muted">{t('retention.holds.end.another')}</p>}
    </section>
  )

  function done(text: 'retention.holds.renewed' | 'retention.holds.ended') {
    onChanged()
    announce(t(text))
    focusHeading(title)
  }
}
