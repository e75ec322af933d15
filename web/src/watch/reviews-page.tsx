import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatDate } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { formatMonth } from './months.ts'
import type { ReviewMonth } from './watch-shapes.ts'

/** Months of accesses by maintenance and the security unit, each reviewed once (AC24). */
export function ReviewsPage() {
  const { t } = useLanguage()
  const query = $api.useQuery('get', '/api/reviews', undefined, { staleTime: 0 })
  const { data } = query
  const overdue = data?.items.filter(({ state }) => state === 'overdue').length ?? 0
  return (
    <Page title={t('shell.nav.reviews')} lead={t('watch.reviews.lead')}>
      <Loaded query={query} />
      {overdue > 0 && <Notice kind="warning">{t('watch.reviews.overdue', { count: overdue })}</Notice>}
      {data?.items.length === 0 && <Notice kind="info">{t('watch.reviews.none')}</Notice>}
      {data && data.items.length > 0 && (
        <ul className="cards">
          {data.items.map((month) => (
            <li key={month.month} className="card">
              <MonthCard month={month} />
            </li>
          ))}
        </ul>
      )}
    </Page>
  )
}

function MonthCard({ month }: { month: ReviewMonth }) {
  const { t, language } = useLanguage()
  const number = (count: number) => formatCount(count, language)
  return (
    <>
      <h2 className="card-title">
        <Link to="/reviews/$month" params={{ month: month.month }} className="row-link">
          {formatMonth(month.month, language)}
        </Link>
      </h2>
      <p>
        <ReviewBadge month={month} />
      </p>
      <dl className="card-facts">
        <div>
          <dt>{t('watch.reviews.looks')}</dt>
          <dd>{number(month.looks)}</dd>
        </div>
        <div>
          <dt>{t('watch.reviews.listenings')}</dt>
          <dd>{number(month.listenings)}</dd>
        </div>
        <div>
          <dt>{t('watch.reviews.people')}</dt>
          <dd>{number(month.people)}</dd>
        </div>
        {!month.review && (
          <div>
            <dt>{t('watch.reviews.due')}</dt>
            <dd>{formatDate(month.dueAt, language)}</dd>
          </div>
        )}
      </dl>
    </>
  )
}

const badges = {
  'going-on': 'badge badge-none',
  'to-review': 'badge badge-capturing',
  overdue: 'badge badge-restricted',
  reviewed: 'badge badge-available',
} as const

/** State of a month's review, in words. */
export function ReviewBadge({ month }: { month: ReviewMonth }) {
  const { t } = useLanguage()
  return <span className={badges[month.state]}>{t(`watch.reviews.state.${month.state}`)}</span>
}
