import { $api } from '../api/client.ts'
import { formatCount } from '../format/number.ts'
import { Loaded } from '../controls/loaded.tsx'
import { useLanguage } from '../language/use-words.ts'
import type { DisclosureStatistics } from './disclosure-shapes.ts'

const research = ['begun', 'released', 'refused', 'items', 'returned', 'destroyed', 'recalled', 'overdue'] as const
const authority = [
  'requested',
  'ownInitiative',
  'granted',
  'part',
  'refused',
  'recordings',
  'identificationData',
] as const

/** Counts of a year, without persons. */
export function LogStatistics({ year }: { year: number }) {
  const { t } = useLanguage()
  const query = $api.useQuery(
    'get',
    '/api/disclosures/statistics',
    { params: { query: { year } } },
    { staleTime: 30_000 },
  )
  return (
    <section className="stack-small" aria-labelledby="disclosure-statistics">
      <h2 id="disclosure-statistics">{t('disclosures.log.statistics', { year })}</h2>
      <Loaded query={query} lines={4}>
        {(data) => <Counts statistics={data} />}
      </Loaded>
    </section>
  )
}

function Counts({ statistics }: { statistics: DisclosureStatistics }) {
  const { t } = useLanguage()
  return (
    <div className="statistics-small">
      <Table
        title={t('disclosures.log.research')}
        rows={research.map((one) => [t(`disclosures.log.research.${one}`), statistics.research[one]])}
      />
      <Table
        title={t('disclosures.log.authority')}
        rows={authority.map((one) => [t(`disclosures.log.authority.${one}`), statistics.authority[one]])}
      />
    </div>
  )
}

function Table({ title, rows }: { title: string; rows: readonly (readonly [string, number])[] }) {
  const { t, language } = useLanguage()
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
          {rows.map(([label, count]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td className="numeric">{formatCount(count, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
