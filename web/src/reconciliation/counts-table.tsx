import { Link } from '@tanstack/react-router'
import { exactUrlMatch } from '../controls/exact-url-match.ts'
import { formatDate } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { useWide } from '../shell/use-wide.ts'
import { groupings, type Counted, type Grouping, type ReconciliationFilters } from './reconciliation-shapes.ts'
import { sumCounts, type Sums, type SummedRow } from './sum-counts.ts'

const columns = ['told', 'expected', 'recorded', 'missing', 'untold'] as const
type Column = (typeof columns)[number]

/** Counts by day, number or feed: reported, to be recorded, recorded, and missing on either side. */
export function CountsTable({ counts, filters }: { counts: readonly Counted[]; filters: ReconciliationFilters }) {
  const { t } = useLanguage()
  const { by = 'day' } = filters
  const isWide = useWide(900)
  const { rows, total } = sumCounts(counts, by)
  return (
    <section aria-labelledby="reconciliation-counts" className="stack-small">
      <h2 id="reconciliation-counts">{t('reconciliation.counts')}</h2>
      <p className="plan-explained">{t('reconciliation.counts.what')}</p>
      <nav aria-label={t('reconciliation.by')} className="switcher">
        <ul>
          {groupings.map((one) => {
            const { by: _, ...rest } = filters
            return (
              <li key={one}>
                <Link
                  to="/reconciliation"
                  search={one === 'day' ? rest : { ...rest, by: one }}
                  resetScroll={false}
                  activeOptions={exactUrlMatch}
                  aria-current={one === by ? 'true' : undefined}
                >
                  {t(`reconciliation.by.${one}`)}
                </Link>
              </li>
            )
          })}
        </ul>
      </nav>
      {rows.length === 0 && <p className="muted">{t('reconciliation.counts.none')}</p>}
      {rows.length > 0 &&
        (isWide ? <Table rows={rows} total={total} by={by} /> : <Cards rows={rows} total={total} by={by} />)}
    </section>
  )
}

interface ListProps {
  rows: readonly SummedRow[]
  total: Sums
  by: Grouping
}

const firstWords: Record<Grouping, Word> = {
  day: 'reconciliation.day',
  number: 'contacts.field.number',
  feed: 'reconciliation.feed',
}

function Table({ rows, total, by }: ListProps) {
  const { t } = useLanguage()
  return (
    <table className="results shares-table">
      <caption className="visually-hidden">{t(`reconciliation.by.${by}`)}</caption>
      <thead>
        <tr>
          <th scope="col">{t(firstWords[by])}</th>
          {columns.map((column) => (
            <th key={column} scope="col" className="numeric">
              {t(`reconciliation.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">
              <RowTitle row={row} by={by} />
            </th>
            {columns.map((column) => (
              <td key={column} className="numeric">
                <Count sums={row.sums} column={column} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      {rows.length > 1 && (
        <tfoot>
          <tr>
            <th scope="row">{t('reconciliation.all')}</th>
            {columns.map((column) => (
              <td key={column} className="numeric">
                <Count sums={total} column={column} />
              </td>
            ))}
          </tr>
        </tfoot>
      )}
    </table>
  )
}

function Cards({ rows, total, by }: ListProps) {
  const { t } = useLanguage()
  const all = rows.length > 1 ? [{ key: '', sums: total, numberName: undefined }] : []
  return (
    <ul className="cards">
      {[...rows, ...all].map((row) => (
        <li key={row.key} className="card">
          <p className="card-title">{row.key === '' ? t('reconciliation.all') : <RowTitle row={row} by={by} />}</p>
          <dl className="card-facts">
            {columns.map((column) => (
              <div key={column}>
                <dt>{t(`reconciliation.${column}`)}</dt>
                <dd>
                  <Count sums={row.sums} column={column} />
                </dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  )
}

function RowTitle({ row: { key, numberName }, by }: { row: SummedRow; by: Grouping }) {
  const { language, named } = useLanguage()
  if (by === 'day') return formatDate(`${key}T12:00:00Z`, language)
  if (by === 'feed') return key
  return (
    <>
      <span className="nowrap">{formatPhone(key)}</span>
      {numberName && <span className="second">{named(numberName)}</span>}
    </>
  )
}

/** A count, and how much of it is explained, waiting or forbidden. */
function Count({ sums, column }: { sums: Sums; column: Column }) {
  const { t, language } = useLanguage()
  const number = (value: number) => formatCount(value, language)
  const more: [Word, number][] = {
    told: [],
    expected: [['reconciliation.forbidden.count', sums.forbidden] as [Word, number]],
    recorded: [['reconciliation.waiting.count', sums.waiting] as [Word, number]],
    missing: [['reconciliation.explained.count', sums.missingExplained] as [Word, number]],
    untold: [
      ['reconciliation.explained.count', sums.untoldExplained] as [Word, number],
      ['reconciliation.waiting.count', sums.notYetTold] as [Word, number],
    ],
  }[column]
  const open = { missing: sums.missing - sums.missingExplained, untold: sums.untold - sums.untoldExplained }
  const isOpen = column in open && open[column as keyof typeof open] > 0
  return (
    <>
      {isOpen ? <strong className="count-open">{number(sums[column])}</strong> : number(sums[column])}
      {more
        .filter(([, value]) => value > 0)
        .map(([word, value]) => (
          <span key={word} className="second">
            {t(word, { number: number(value) })}
          </span>
        ))}
    </>
  )
}
