import { Link } from '@tanstack/react-router'
import type { Me } from '../api/shapes.ts'
import { Fact } from '../contact/facts.tsx'
import { Downloads } from '../controls/downloads.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { writeDay } from './days.ts'
import { opensResearch, type LoggedDisclosure, type Package } from './disclosure-shapes.ts'
import { OverdueBadge } from './research-list.tsx'
import { useAuthorityList } from './use-disclosures.ts'

/** Each disclosure: recipient, ground, number of items, decision maker, and released packages. */
export function LogList({ items, me, label }: { items: readonly LoggedDisclosure[]; me: Me; label: string }) {
  return (
    <ul className="cards" aria-labelledby={label}>
      {items.map((one) => (
        <li key={one.id} className={`card ${one.isOverdue ? 'disclosure-overdue' : ''}`}>
          <Entry one={one} me={me} />
        </li>
      ))}
    </ul>
  )
}

function Entry({ one, me }: { one: LoggedDisclosure; me: Me }) {
  const { t, language, named } = useLanguage()
  const provisions = useAuthorityList(me).data?.provisions ?? []
  const { kind, number, recipient, about, ground, items, unconfirmed, dueOn, decidedBy, decidedAt } = one
  const isResearch = kind === 'RESEARCH'
  const known = provisions.find(({ id }) => id === ground)
  const at = (instant: string) => formatInstant(instant, language)
  const prefix = isResearch ? 'disclosures.research.state' : 'disclosures.authority.state'
  return (
    <>
      <p className="card-title disclosure-title">
        <NumberOf one={one} me={me} />
        <span className="badge badge-none">{t(`${prefix}.${one.state}` as Word)}</span>
        {one.isOverdue && <OverdueBadge />}
      </p>
      <dl className="facts">
        <Fact label={t('disclosures.log.recipient')}>
          {recipient}
          <span className="second">{t(isResearch ? 'disclosures.log.research' : 'disclosures.log.authority')}</span>
        </Fact>
        <Fact label={t(isResearch ? 'disclosures.study' : 'disclosures.authority.caseNumber')}>{about}</Fact>
        {!isResearch && (
          <Fact label={t('disclosures.authority.provision')}>
            {known
              ? named(known.names).replaceAll(' §', '\u00a0§')
              : (ground ?? t('disclosures.authority.provision.none'))}
          </Fact>
        )}
        <Fact label={t('disclosures.items')}>
          {formatCount(items, language)}
          {unconfirmed > 0 && (
            <span className="second">
              {t('disclosures.out', { count: unconfirmed, number: formatCount(unconfirmed, language) })}
            </span>
          )}
        </Fact>
        <Fact label={t('disclosures.log.decided')}>
          {decidedBy && decidedAt ? (
            <>
              {decidedBy.name}
              <span className="second">{at(decidedAt)}</span>
            </>
          ) : (
            '–'
          )}
        </Fact>
        {dueOn && <Fact label={t('disclosures.dueOn')}>{writeDay(dueOn, language)}</Fact>}
        {one.closedAt && <Fact label={t('disclosures.log.closedAt')}>{at(one.closedAt)}</Fact>}
      </dl>
      {one.releases.length > 0 && (
        <ul className="spaced-list disclosure-releases" aria-label={t('disclosures.log.releases', { number })}>
          {one.releases.map((release, index) => (
            <li key={index}>
              {t('disclosures.log.release', {
                time: at(release.at),
                who: release.by.name,
                count: release.files,
                files: formatCount(release.files, language),
              })}{' '}
              {t(`disclosures.packages.state.${release.state as Package['state']}`)}
              {release.sha256 && (
                <span className="second">
                  SHA-256 <code className="disclosure-code">{release.sha256}</code>
                </span>
              )}
              <Downloads downloads={release.downloads} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function NumberOf({ one: { id, kind, number }, me }: { one: LoggedDisclosure; me: Me }) {
  if (kind === 'AUTHORITY') {
    return (
      <Link to="/disclosures/authority/$id" params={{ id }} className="row-link">
        {number}
      </Link>
    )
  }
  // Overseers read the log and the lists, not the content of a disclosure.
  if (!opensResearch(me)) return <strong>{number}</strong>
  return (
    <Link to="/disclosures/research/$id" params={{ id }} className="row-link">
      {number}
    </Link>
  )
}
