import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { BellRing } from 'lucide-react'
import { $api } from '../api/client.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { PeriodForm } from '../controls/period-form.tsx'
import { zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { CountsTable } from './counts-table.tsx'
import { FeedCard } from './feed-card.tsx'
import { daysOf, isPeriod, readReconciliationFilters } from './reconciliation-shapes.ts'
import { UnreconciledList } from './unreconciled-list.tsx'

/** Täsmäytys: calls reported by telephone systems, compared with recordings (R9, R13, AC8). */
export function ReconciliationPage() {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const filters = useSearch({ from: '/reconciliation', select: readReconciliationFilters, structuralSharing: true })
  const days = daysOf(filters)
  const from = days.start.toDate(zone).toISOString()
  const to = days.end.add({ days: 1 }).toDate(zone).toISOString()
  const query = $api.useQuery('get', '/api/reconciliation', { params: { query: { from, to } } }, { staleTime: 0 })
  const { isFetching, refetch } = query
  return (
    <Page title={t('reconciliation.title')} lead={t('reconciliation.lead')}>
      <PeriodForm
        label={t('reconciliation.period')}
        days={days}
        presets={[7, 28, 90]}
        presetLabel={(count) => t('reconciliation.period.days', { count })}
        problemOf={({ start, end }) => {
          if (isPeriod(start, end)) return undefined
          return t(end.compare(start) < 0 ? 'contacts.search.days.wrong' : 'reconciliation.period.long')
        }}
        onShow={(shown) => {
          if (!shown) return
          const search = { ...filters, from: shown.start.toString(), to: shown.end.toString() }
          void navigate({ to: '/reconciliation', search, replace: true, resetScroll: false })
        }}
      />
      <Loaded query={query} lines={8}>
        {(data) => (
          <>
            {data.feeds.length === 0 && <Notice kind="info">{t('reconciliation.none')}</Notice>}
            {data.feeds.length > 0 && (
              <div className="stack" aria-busy={isFetching}>
                {data.feeds.some(({ state }) => state !== 'well') && (
                  <Notice kind="warning">
                    <p>{t('reconciliation.feeds.wrong')}</p>
                    <ul className="plain-list">
                      {data.feeds
                        .filter(({ state }) => state !== 'well')
                        .map(({ name, state }) => (
                          <li key={name}>
                            <a href={`#feed-${name}`}>{name}</a>: {t(`reconciliation.state.${state}`)}
                          </li>
                        ))}
                    </ul>
                  </Notice>
                )}
                {data.mayExplain && (
                  <p>
                    <Link to="/alarms" className="link-with-icon">
                      <BellRing aria-hidden="true" size={18} />
                      {t('reconciliation.alarm')}
                    </Link>
                  </p>
                )}
                <CountsTable counts={data.counts} filters={filters} />
                <UnreconciledList
                  key={`${from} ${to}`}
                  found={data}
                  filters={filters}
                  onExplained={() => void refetch()}
                />
                <section aria-labelledby="reconciliation-feeds" className="stack-small">
                  <h2 id="reconciliation-feeds">{t('reconciliation.feeds')}</h2>
                  {data.feeds.map((feed) => (
                    <FeedCard key={feed.name} feed={feed} period={{ from, to }} />
                  ))}
                </section>
              </div>
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}
