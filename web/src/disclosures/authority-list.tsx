import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import { Fact } from '../contact/facts.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import type { AuthoritySummary } from './disclosure-shapes.ts'

/** Cards of disclosures to authorities, in the server's order: urgent ones first. */
export function AuthorityRows({ items, label }: { items: readonly AuthoritySummary[]; label: string }) {
  const { t, language } = useLanguage()
  return (
    <ul className="cards" aria-labelledby={label}>
      {items.map((one) => (
        <li key={one.id} className={`card ${one.urgentAt ? 'disclosure-urgent' : ''}`}>
          <p className="card-title disclosure-title">
            <Link to="/disclosures/authority/$id" params={{ id: one.id }} className="row-link">
              {one.number}
            </Link>
            <AuthorityState disclosure={one} />
            {one.urgentAt && (
              <span className="badge badge-restricted">
                <TriangleAlert aria-hidden="true" size={16} />
                {t('disclosures.urgent.badge', { time: formatInstant(one.urgentAt, language) })}
              </span>
            )}
          </p>
          <dl className="facts">
            <Fact label={t('disclosures.authority.authority')}>
              {one.authority}
              <span className="second">{t(`disclosures.authority.origin.${one.origin}`)}</span>
            </Fact>
            <Fact label={t('disclosures.authority.caseNumber')}>{one.caseNumber}</Fact>
            <Fact label={t('disclosures.authority.receivedAt')}>{formatInstant(one.receivedAt, language)}</Fact>
            <Fact label={t('disclosures.items')}>{formatCount(one.items, language)}</Fact>
            <Fact label={t('disclosures.enteredBy')}>{one.enteredBy.name}</Fact>
          </dl>
        </li>
      ))}
    </ul>
  )
}

/** Badge with the state. */
export function AuthorityState({ disclosure: { state } }: { disclosure: Pick<AuthoritySummary, 'state'> }) {
  const { t } = useLanguage()
  const badge = state === 'RELEASED' ? 'capturing' : state === 'DECIDED' ? 'available' : 'none'
  return <span className={`badge badge-${badge}`}>{t(`disclosures.authority.state.${state}`)}</span>
}
