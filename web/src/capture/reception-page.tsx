/** Äänen vastaanotto: reception quality by client and hour (R13, R17). Counts only, never a call or a person. */
import { Link, useSearch } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Notice } from '../controls/notice.tsx'
import { exactUrlMatch } from '../controls/exact-url-match.ts'
import { Loaded } from '../controls/loaded.tsx'
import { formatDate, formatInstant } from '../format/instant.ts'
import { formatCount, formatDecimal, formatShare } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { Page } from '../shell/page.tsx'
import { useWide } from '../shell/use-wide.ts'
import {
  readReceptionView,
  spanOf,
  spans,
  sumReception,
  views,
  type Counts,
  type ReceptionPeriod,
  type View,
} from './capture-shapes.ts'
import { ClientName } from './client-name.tsx'

export function ReceptionPage() {
  const { t } = useLanguage()
  const { span = 'day', by = 'client' } = useSearch({ from: '/capture', select: readReceptionView })
  const query = $api.useQuery(
    'get',
    '/api/capture/reception',
    { params: { query: spanOf(span, Date.now()) } },
    { staleTime: 0, refetchInterval: 60_000 },
  )
  const { data } = query
  const search = (next: { span?: string; by?: string }) => readReceptionView({ span, by, ...next })
  return (
    <Page title={t('capture.title')} lead={t('capture.lead')}>
      <nav aria-label={t('capture.span')} className="switcher">
        <ul>
          {spans.map((one) => (
            <li key={one}>
              <Link to="/capture" search={search({ span: one })} resetScroll={false} activeOptions={exactUrlMatch}>
                {t(`capture.span.${one}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Loaded query={query} />
      {data?.items.length === 0 && <Notice kind="info">{t('capture.none')}</Notice>}
      {data && data.items.length > 0 && (
        <>
          <Troubles items={data.items} />
          <section className="stack-small" aria-labelledby="capture-counts">
            <h2 id="capture-counts">{t(`capture.by.${by}`)}</h2>
            <nav aria-label={t('capture.by')} className="switcher">
              <ul>
                {views.map((one) => (
                  <li key={one}>
                    <Link to="/capture" search={search({ by: one })} resetScroll={false} activeOptions={exactUrlMatch}>
                      {t(`capture.by.${one}`)}
                    </Link>
                  </li>
                ))}
              </ul>
            </nav>
            <Rows items={data.items} by={by} isByDay={span !== 'day'} />
          </section>
        </>
      )}
    </Page>
  )
}

/** Problems that need attention, one sentence each. */
function Troubles({ items }: { items: readonly ReceptionPeriod[] }) {
  const { t, language } = useLanguage()
  const [all] = sumReception(items, () => '')
  if (!all) return null
  const { recordings } = all.counts
  const found = (['oneWay', 'silent', 'empty', 'lossy'] as const).filter((name) => all.counts[name] > 0)
  if (found.length === 0) {
    return (
      <Notice kind="success">
        {t('capture.fine', { count: recordings, number: formatCount(recordings, language) })}
      </Notice>
    )
  }
  return (
    <Notice
      kind="warning"
      title={t('capture.troubles', { count: recordings, number: formatCount(recordings, language) })}
    >
      <ul>
        {found.map((name) => (
          <li key={name}>
            {t(`capture.${name}.count`, { count: all.counts[name], number: formatCount(all.counts[name], language) })}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

const columns = ['recordings', 'oneWay', 'silent', 'empty', 'lossy', 'loss', 'jitter'] as const
type Column = (typeof columns)[number]

function Rows({ items, by, isByDay }: { items: readonly ReceptionPeriod[]; by: View; isByDay: boolean }) {
  const { t } = useLanguage()
  const isWide = useWide(900)
  const rows = sumReception(items, ({ at, trunk, client }) => (by === 'time' ? at : JSON.stringify([trunk, client])))
  const title = (first: ReceptionPeriod) =>
    by === 'time' ? <PeriodName at={first.at} isDay={isByDay} /> : <ClientName {...first} />
  if (!isWide) {
    return (
      <ul className="cards">
        {rows.map(({ key, first, counts }) => (
          <li key={key} className="card">
            <p className="card-title">{title(first)}</p>
            <dl className="card-facts">
              {columns.map((column) => (
                <div key={column}>
                  <dt>{t(`capture.${column}`)}</dt>
                  <dd>
                    <Figure counts={counts} column={column} />
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    )
  }
  return (
    <table className="results shares-table">
      <caption className="visually-hidden">{t(`capture.by.${by}`)}</caption>
      <thead>
        <tr>
          <th scope="col">{t(by === 'time' ? 'capture.time' : 'capture.client')}</th>
          {columns.map((column) => (
            <th key={column} scope="col" className="numeric">
              {t(`capture.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, first, counts }) => (
          <tr key={key}>
            <th scope="row">{title(first)}</th>
            {columns.map((column) => (
              <td key={column} className="numeric">
                <Figure counts={counts} column={column} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function PeriodName({ at, isDay }: { at: string; isDay: boolean }) {
  const { language } = useLanguage()
  return <>{isDay ? formatDate(at, language) : formatInstant(at, language)}</>
}

function Figure({ counts, column }: { counts: Counts; column: Column }) {
  const { t, language } = useLanguage()
  if (column === 'loss') {
    const untimely: [Word, number][] = [
      ['capture.late.count', counts.late],
      ['capture.duplicates.count', counts.duplicates],
    ]
    return (
      <>
        {counts.expected === 0 ? '–' : formatShare(counts.lost / counts.expected, language)}
        {untimely
          .filter(([, count]) => count > 0)
          .map(([word, count]) => (
            <span key={word} className="second">
              {t(word, { count, number: formatCount(count, language) })}
            </span>
          ))}
      </>
    )
  }
  if (column === 'jitter') {
    return (
      <>
        {t('capture.ms', { number: formatDecimal(counts.jitterMs, language) })}
        <span className="second">
          {t('capture.jitter.worst', { number: formatDecimal(counts.worstJitterMs, language) })}
        </span>
      </>
    )
  }
  const count = formatCount(counts[column], language)
  return column !== 'recordings' && counts[column] > 0 ? <strong className="count-troubled">{count}</strong> : count
}
