import { Link } from '@tanstack/react-router'
import { exactUrlMatch } from '../controls/exact-url-match.ts'
import { TableOrCards, type Column } from '../controls/table.tsx'
import { formatDate } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { useWide } from '../shell/use-wide.ts'
import { groupings, type Counted, type Grouping, type ReconciliationFilters } from './reconciliation-shapes.ts'
import { sumCounts, type Sums, type SummedRow } from './sum-counts.ts'

const columns = ['told', 'expected', 'recorded', 'missing', 'untold'] as const
const minTablePx = 900

/** Counts by day, number or feed: reported, to be recorded, recorded, and missing on either side. */
export function CountsTable({ counts, filters }: { counts: readonly Counted[]; filters: ReconciliationFilters }) {
  const { t } = useLanguage()
  const { by = 'day' } = filters
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
      {rows.length > 0 && <CountsOf rows={rows} total={total} by={by} />}
    </section>
  )
}

const firstWords: Record<Grouping, Word> = {
  day: 'reconciliation.day',
  number: 'contacts.field.number',
  feed: 'reconciliation.feed',
}

function CountsOf({ rows, total, by }: { rows: readonly SummedRow[]; total: Sums; by: Grouping }) {
  const { t } = useLanguage()
  const isWide = useWide(minTablePx)
  const fields = columns.map((column): Column<SummedRow> => ({
    head: t(`reconciliation.${column}`),
    cell: ({ sums }) => <Count sums={sums} column={column} />,
    isNumeric: true,
  }))
  const all = { key: '', sums: total, numberName: undefined }
  const title = (row: SummedRow) => (row === all ? t('reconciliation.all') : <RowTitle row={row} by={by} />)
  return (
    <TableOrCards
      minPx={minTablePx}
      caption={t(`reconciliation.by.${by}`)}
      className="results shares-table"
      rows={rows.length > 1 && !isWide ? [...rows, all] : rows}
      keyOf={({ key }) => key}
      title={title}
      columns={[{ head: t(firstWords[by]), cell: title, isRowHead: true }, ...fields]}
      foot={
        rows.length > 1 && (
          <>
            <th scope="row">{t('reconciliation.all')}</th>
            {columns.map((column) => (
              <td key={column} className="numeric">
                <Count sums={total} column={column} />
              </td>
            ))}
          </>
        )
      }
    />
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
function Count({ sums, column }: { sums: Sums; column: (typeof columns)[number] }) {
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
