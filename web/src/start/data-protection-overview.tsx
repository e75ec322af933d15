import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { WideTable } from '../controls/wide-table.tsx'
import { BrokenPromises } from '../description/broken-promises.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { formatMonth } from '../watch/months.ts'

const shownMonths = 3

/** Daily overview for the data protection officer: promises, alarms, and the months of views. */
export function DataProtectionOverview() {
  const { t, language } = useLanguage()
  const { data: alarms } = $api.useQuery(
    'get',
    '/api/alarms',
    { params: { query: { state: 'open' } } },
    { staleTime: 0 },
  )
  const { data: reviews } = $api.useQuery('get', '/api/reviews', undefined, { staleTime: 0 })
  const months = reviews?.items.slice(0, shownMonths) ?? []
  return (
    <section aria-labelledby="start-watch" className="panel stack-small">
      <h2 id="start-watch">{t('start.promises')}</h2>
      <BrokenPromises />
      {alarms && (
        <p>
          {alarms.open > 0 ? t('start.alarms.open', { count: alarms.open }) : t('start.alarms.none')}{' '}
          <Link to="/alarms">{t('shell.nav.alarms')}</Link>
        </p>
      )}
      {months.length > 0 && (
        <WideTable aria-labelledby="start-reviews">
          <table className="table">
            <caption id="start-reviews">{t('start.reviews')}</caption>
            <thead>
              <tr>
                <td />
                <th scope="col" className="numeric">
                  {t('watch.reviews.looks')}
                </th>
                <th scope="col" className="numeric">
                  {t('watch.reviews.listenings')}
                </th>
                <th scope="col" className="numeric">
                  {t('watch.reviews.people')}
                </th>
              </tr>
            </thead>
            <tbody>
              {months.map(({ month, looks, listenings, people }) => (
                <tr key={month}>
                  <th scope="row">
                    <Link to="/reviews/$month" params={{ month }}>
                      {formatMonth(month, language)}
                    </Link>
                  </th>
                  {Object.entries({ looks, listenings, people }).map(([name, count]) => (
                    <td key={name} className="numeric">
                      {formatCount(count, language)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </WideTable>
      )}
    </section>
  )
}
