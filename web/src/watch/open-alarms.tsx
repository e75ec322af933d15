import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Notice } from '../controls/notice.tsx'
import { useLanguage } from '../language/use-words.ts'
import { BrokenLog } from '../log/broken-log.tsx'

/** Start page section of the data protection officer: open alarms and months to review. */
export function OpenAlarms() {
  const { t } = useLanguage()
  const { data: alarms } = $api.useQuery(
    'get',
    '/api/alarms',
    { params: { query: { state: 'open' } } },
    { staleTime: 0 },
  )
  const { data: reviews } = $api.useQuery('get', '/api/reviews', undefined, { staleTime: 0 })
  const overdue = reviews?.items.filter(({ state }) => state === 'overdue').length ?? 0
  const waiting = reviews?.items.filter(({ state }) => state === 'to-review').length ?? 0
  return (
    <section aria-labelledby="start-alarms" className="stack-small">
      <h2 id="start-alarms">{t('start.watch')}</h2>
      <BrokenLog />
      {alarms && alarms.open > 0 && (
        <Notice kind="warning">
          <p>{t('start.alarms.open', { count: alarms.open })}</p>
          <Link to="/alarms">{t('shell.nav.alarms')}</Link>
        </Notice>
      )}
      {overdue > 0 && (
        <Notice kind="warning">
          <p>{t('watch.reviews.overdue', { count: overdue })}</p>
          <Link to="/reviews">{t('shell.nav.reviews')}</Link>
        </Notice>
      )}
      {waiting > 0 && (
        <Notice kind="info">
          <p>{t('start.reviews.waiting', { count: waiting })}</p>
          <Link to="/reviews">{t('shell.nav.reviews')}</Link>
        </Notice>
      )}
      {alarms?.open === 0 && overdue + waiting === 0 && <p className="muted">{t('start.watch.none')}</p>}
    </section>
  )
}
