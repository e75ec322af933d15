import { useNavigate, useSearch } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { RequestStatistics } from '../api/shapes.ts'
import { Choice } from '../controls/choice.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { WideTable } from '../controls/wide-table.tsx'
import { formatCount, formatDecimal } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { todayAt } from '../retention/hold-dates.ts'
import { Page } from '../shell/page.tsx'
import { barOf, daysOf, periods, readStatistics, sumOf } from './statistics.ts'

const columns = ['received', 'answered', 'refused', 'withdrawn', 'open', 'late'] as const
const knownOutcomes = ['MATCHED', 'NOT_FOUND', 'NOT_IDENTIFIABLE', 'NOT_PARTY', 'SEVERAL', 'FOUND']

/** Statistics of requests: by month, kind and channel, and the outcomes of calls (R45). */
export function RequestStatisticsPage() {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const { period = 'year-back' } = useSearch({
    from: '/requests/statistics',
    select: readStatistics,
    structuralSharing: true,
  })
  const query = $api.useQuery(
    'get',
    '/api/request-statistics',
    { params: { query: daysOf(period, todayAt(serverNowMs())) } },
    { staleTime: 30_000 },
  )
  return (
    <Page title={t('requests.statistics.title')} crumbs={[{ label: t('requests.title'), to: '/requests' }]}>
      <Choice
        className="statistics-period"
        label={t('requests.statistics.period')}
        options={periods.map((value) => ({ value, label: t(`requests.statistics.period.${value}`) }))}
        value={period}
        onChange={(value) => void navigate({ to: '/requests/statistics', search: readStatistics({ period: value }) })}
      />
      <Loaded query={query} lines={8}>
        {(data) => <Counts statistics={data} />}
      </Loaded>
    </Page>
  )
}

function Counts({ statistics }: { statistics: RequestStatistics }) {
  const { t } = useLanguage()
  const { months, kinds, channels, outcomes } = statistics
  if (sumOf(months).received === 0) return <Notice kind="info">{t('requests.statistics.none')}</Notice>
  return (
    <>
      <Months months={months} />
      <div className="statistics-small">
        <Bars
          title={t('requests.statistics.kinds')}
          items={kinds.map(({ kind, count }) => ({ label: t(`requests.request.kind.${kind}`), count }))}
        />
        <Bars
          title={t('requests.statistics.channels')}
          items={channels.map(({ channel, count }) => ({ label: t(`requests.request.channel.${channel}`), count }))}
        />
        <Bars
          title={t('requests.statistics.outcomes')}
          items={outcomes.map(({ outcome, count }) => ({
            label: knownOutcomes.includes(outcome) ? t(`requests.call.${outcome}` as Word) : outcome,
            count,
          }))}
        />
      </div>
    </>
  )
}

function Months({ months }: { months: RequestStatistics['months'] }) {
  const { t, language, locale } = useLanguage()
  const sums = sumOf(months)
  const max = Math.max(...months.map(({ received }) => received))
  const monthName = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return (
    <div className="panel stack-small">
      <h2 id="statistics-months">{t('requests.statistics.months')}</h2>
      <WideTable aria-labelledby="statistics-months">
        <table className="table statistics-table">
          <thead>
            <tr>
              <th scope="col">{t('requests.statistics.month')}</th>
              {columns.map((column) => (
                <th key={column} scope="col" className="numeric">
                  {t(`requests.statistics.${column}`)}
                </th>
              ))}
              <th scope="col" className="numeric">
                {t('requests.statistics.median')}
              </th>
            </tr>
          </thead>
          <tbody>
            {months.map((month) => (
              <tr key={month.month}>
                <th scope="row">
                  {monthName.format(new Date(`${month.month}-01T00:00:00Z`))}
                  <Bar share={barOf(month.received, max)} />
                </th>
                {columns.map((column) => (
                  <td key={column} className="numeric">
                    {formatCount(month[column], language)}
                  </td>
                ))}
                <td className="numeric">
                  {month.medianDays === undefined ? '–' : formatDecimal(month.medianDays, language)}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('requests.statistics.total')}</th>
              {columns.map((column) => (
                <td key={column} className="numeric">
                  {formatCount(sums[column], language)}
                </td>
              ))}
              <td className="numeric">–</td>
            </tr>
          </tfoot>
        </table>
      </WideTable>
    </div>
  )
}

function Bars({ title, items }: { title: string; items: { label: string; count: number }[] }) {
  const { t, language } = useLanguage()
  const max = Math.max(0, ...items.map(({ count }) => count))
  return (
    <div className="panel stack-small">
      <table className="table statistics-bars">
        <caption>{title}</caption>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">{title}</th>
            <th scope="col">{t('requests.statistics.count')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ label, count }) => (
            <tr key={label}>
              <th scope="row">
                {label}
                <Bar share={barOf(count, max)} />
              </th>
              <td className="numeric">{formatCount(count, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {items.length === 0 && <p className="muted">{t('requests.statistics.nothing')}</p>}
    </div>
  )
}

function Bar({ share }: { share: number }) {
  return (
    <svg className="statistics-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect width={share} height="1" />
    </svg>
  )
}
