import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import type { Me } from '../api/shapes.ts'
import { Fact } from '../contact/facts.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { writeDay } from './days.ts'
import { opensResearch, type ResearchSummary } from './disclosure-shapes.ts'

/** Cards of disclosures for research, in the server's order: overdue ones first. */
export function ResearchRows({ items, me, label }: { items: readonly ResearchSummary[]; me: Me; label: string }) {
  const { t, language } = useLanguage()
  return (
    <ul className="cards" aria-labelledby={label}>
      {items.map((one) => (
        <li key={one.id} className={`card ${one.isOverdue ? 'disclosure-overdue' : ''}`}>
          <p className="card-title disclosure-title">
            {opensResearch(me) ? (
              <Link to="/disclosures/research/$id" params={{ id: one.id }} className="row-link">
                {one.number}
              </Link>
            ) : (
              <strong>{one.number}</strong>
            )}
            <ResearchState disclosure={one} />
            {one.isOverdue && <OverdueBadge />}
          </p>
          <dl className="facts">
            <Fact label={t('disclosures.institute')}>{one.institute.name}</Fact>
            <Fact label={t('disclosures.study')}>{one.study}</Fact>
            <Fact label={t('disclosures.dueOn')}>{writeDay(one.dueOn, language)}</Fact>
            <Fact label={t('disclosures.items')}>
              {formatCount(one.items, language)}
              {one.open > 0 && (
                <span className="second">
                  {t('disclosures.out', { count: one.open, number: formatCount(one.open, language) })}
                </span>
              )}
            </Fact>
            <Fact label={t('disclosures.preparedBy')}>{one.preparedBy.name}</Fact>
          </dl>
        </li>
      ))}
    </ul>
  )
}

/** Badge with the state. */
export function ResearchState({ disclosure: { state } }: { disclosure: Pick<ResearchSummary, 'state'> }) {
  const { t } = useLanguage()
  const badge =
    state === 'RELEASED' || state === 'STUDY_ENDED' ? 'capturing' : state === 'DECIDED' ? 'available' : 'none'
  return <span className={`badge badge-${badge}`}>{t(`disclosures.research.state.${state}`)}</span>
}

export function OverdueBadge() {
  const { t } = useLanguage()
  return (
    <span className="badge badge-live-failing">
      <TriangleAlert aria-hidden="true" size={16} />
      {t('disclosures.overdue.badge')}
    </span>
  )
}
